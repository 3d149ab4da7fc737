import { isDeepStrictEqual } from "node:util";
import { Document, isMap, isScalar, parseDocument, type Node } from "yaml";
import { ProfileSchema, type Profile } from "../../contract/profile.ts";

/** In the order that people read a profile. */
const FIELDS = [
  ...(["profile", "name", "service", "transport", "https", "coaps", "owner", "proxy"] as const),
  ...(["compatibility", "clientVersion", "limits", "authorities"] as const),
];

/**
 * A profile as the text of a file that people read and change. What is as by default is left out of a new text.
 * @param before the text that it replaces: what did not change keeps its place, its form and its comments
 */
export function profileText(profile: Profile, before?: string): string {
  const kept = before === undefined ? undefined : keptDocument(before);
  const document = kept?.document ?? new Document({});
  const usual = kept?.profile ?? USUAL;
  for (const field of FIELDS)
    if (!isDeepStrictEqual(usual[field], profile[field])) setField(document, field, profile[field]);
  return document.toString({ lineWidth: 0 });
}

/** What a text that leaves out everything optional stands for. */
const { compatibility, clientVersion, limits } = ProfileSchema.parse({
  ...{ profile: 1, name: "any", service: "embedded", https: { host: "any", ca: "any" } },
});
const USUAL: Partial<Profile> = { compatibility, clientVersion, limits };

/** The old document, where it is a profile that can be changed in place. */
function keptDocument(text: string): { readonly document: Document; readonly profile: Profile } | undefined {
  const document = parseDocument(text, { version: "1.2", schema: "core", logLevel: "silent" });
  if (document.errors.length > 0 || !isMap(document.contents) || document.contents.flow === true) return undefined;
  const profile = ProfileSchema.safeParse(document.toJS());
  return profile.success ? { document, profile: profile.data } : undefined;
}

function setField(document: Document, field: (typeof FIELDS)[number], value: unknown): void {
  const old = document.get(field, true);
  if (value === undefined) document.delete(field);
  // The comment behind a value stays where it is.
  else if (isScalar(old) && typeof value !== "object") old.value = value;
  else document.set(field, inline(document.createNode(value)));
}

/** Endpoints stay on one line each. */
function inline(node: Node): Node {
  if (isMap(node)) node.flow = true;
  return node;
}
