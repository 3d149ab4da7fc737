import { isDeepStrictEqual } from "node:util";
import { Document, isMap, isScalar, isSeq, parseDocument, YAMLSeq, type Node } from "yaml";
import { FixtureSchema, type Fixture } from "../../contract/fixture.ts";

/** In the order that people read a fixture. */
const FIELDS = [
  "fixture",
  "name",
  "rows",
  "columns",
  "line",
  "settings",
  "release",
  "slotsPerWorker",
  "slots",
] as const;

/** Slots stay on one line each, however long their ports are. */
const NO_WRAPPING = 0;

/**
 * A fixture as the text of a file that people read and change, one line a slot.
 * @param before the text that it replaces: what did not change keeps its place, its form and its comments
 */
export function fixtureText(fixture: Fixture, before?: string): string {
  const kept = before === undefined ? undefined : keptDocument(before);
  const document = kept?.document ?? new Document({});
  for (const field of FIELDS)
    if (!isDeepStrictEqual(kept?.fixture[field], fixture[field])) setField(document, field, fixture, kept?.fixture);
  return document.toString({ lineWidth: NO_WRAPPING });
}

type Kept = { readonly document: Document; readonly fixture: Fixture };

/** The old document, where it is a fixture that can be changed in place. */
function keptDocument(text: string): Kept | undefined {
  const document = parseDocument(text, { logLevel: "silent" });
  if (document.errors.length > 0 || !isMap(document.contents) || document.contents.flow === true) return undefined;
  const fixture = FixtureSchema.safeParse(document.toJS());
  return fixture.success ? { document, fixture: fixture.data } : undefined;
}

function setField(document: Document, field: (typeof FIELDS)[number], fixture: Fixture, before?: Fixture): void {
  const old = document.get(field, true);
  if (field === "slots") setSlots(document, fixture, before);
  // The comment behind a value stays where it is.
  else if (isScalar(old) && typeof fixture[field] !== "object") old.value = fixture[field];
  else document.set(field, inline(document.createNode(fixture[field])));
}

/** Slots that are as before keep their lines. */
function setSlots(document: Document, fixture: Fixture, before: Fixture | undefined): void {
  const old = document.get("slots", true);
  const lines: readonly unknown[] = isSeq(old) ? old.items : [];
  const items = fixture.slots.map((slot) => {
    const index = before?.slots.findIndex((other) => isDeepStrictEqual(other, slot)) ?? -1;
    return lines[index] ?? inline(document.createNode(slot));
  });
  if (isSeq(old)) old.items = items;
  else {
    const list = new YAMLSeq();
    list.items = items;
    document.set("slots", list);
  }
}

function inline(node: Node): Node {
  if (isMap(node)) node.flow = true;
  return node;
}
