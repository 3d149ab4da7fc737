import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { libraryHandlers, type LibraryDialogs } from "../../../main/desk/library-desk.ts";
import { bornDocuments } from "../../../main/line/born-documents.ts";
import { REQUESTS, type RequestKind } from "../../../src/contract/desktop.ts";
import { FixtureSchema } from "../../../src/contract/fixture.ts";
import { StationError } from "../../../src/core/error.ts";
import { Library } from "../../../src/station/library/library.ts";

const RESOURCES = join(import.meta.dirname, "../../../resources");
const TRAINING = { kind: "recipe", id: "training" } as const;
const MINE = { kind: "recipe", id: "mine" } as const;

describe("the library's requests", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "library-desk-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function desk(chosen?: readonly string[]) {
    const line = { busy: false, uses: new Set<string>(), chosen: [] as string[] };
    const inUse = (kind: string, id: string): boolean => line.uses.has(`${kind} ${id}`);
    const library = new Library({
      ...{ own: folder, builtIn: RESOURCES, environment: {}, inUse },
      born: await bornDocuments(RESOURCES, () => 12),
      recorded: async () => [],
    });
    const dialogs: LibraryDialogs = { openDocuments: async () => chosen, openAttachments: async () => chosen };
    const handlers = libraryHandlers({
      ...{ library, dialogs },
      choose: async ({ kind, id }) => void line.chosen.push(`${kind} ${id}`),
      requireIdle: () => {
        if (line.busy) throw new StationError("desktop.line-busy", "runs are active");
      },
      inUse: ({ kind, id }) => inUse(kind, id),
    });
    /** The answer as the window takes it. */
    const form = (kind: RequestKind, answer: unknown): unknown => REQUESTS[kind].answers.parse(structuredClone(answer));
    return { line, handlers, form };
  }

  it("answers in the agreed forms", async () => {
    const { handlers, form } = await desk();
    expect(form("library.list", await handlers["library.list"]({ kind: "profile" }))).toMatchObject([
      { id: "embedded", origin: "built-in", problems: 0 },
      { id: "nrf-cloud" },
    ]);
    expect(form("library.read", await handlers["library.read"](TRAINING))).toMatchObject({ document: TRAINING });
    expect(form("library.check", await handlers["library.check"]({ ...MINE, text: "recipe: 1" }))).toMatchObject({
      problems: [{ field: "product" }, { field: "revision" }],
    });
    const copied = await handlers["library.duplicate"]({ ...TRAINING, as: "mine" });
    expect(form("library.duplicate", copied)).toMatchObject({ id: "mine", origin: "own" });
    expect(form("library.remove", await handlers["library.remove"](MINE))).toBeNull();
  });

  it("shows the training tray with as many modems as it has", async () => {
    const { handlers } = await desk();
    const { text, parsed } = await handlers["library.read"]({ kind: "fixture", id: "training-tray" });
    expect(text).toContain("station simulate --units 12 --port 4001");
    expect(parsed?.kind === "fixture" && FixtureSchema.parse(parsed.fixture).slots).toHaveLength(12);
  });

  it("gives the line the new text of a document that it works with", async () => {
    const { handlers, line } = await desk();
    await handlers["library.duplicate"]({ ...TRAINING, as: "mine" });
    const { text } = await handlers["library.read"](MINE);
    line.uses.add("recipe mine");
    await handlers["library.save"]({ ...MINE, text: text.replace('"1"', '"2"'), replace: true });
    expect(line.chosen).toEqual(["recipe mine"]);
  });

  it("saves nothing that the line works with while runs are active, and everything else", async () => {
    const { handlers, line } = await desk();
    await handlers["library.duplicate"]({ ...TRAINING, as: "mine" });
    const { text } = await handlers["library.read"](MINE);
    line.busy = true;
    await handlers["library.save"]({ ...MINE, text: text.replace('"1"', '"2"'), replace: true });
    line.uses.add("recipe mine");
    const saving = handlers["library.save"]({ ...MINE, text: text.replace('"1"', '"3"'), replace: true });
    await expect(saving).rejects.toMatchObject({ code: "desktop.line-busy" });
    expect((await handlers["library.read"](MINE)).document.revision).toBe("2");
    expect(line.chosen).toEqual([]);
  });

  it("imports what the dialog answers, and nothing where the person chose nothing", async () => {
    const { handlers, form } = await desk([join(RESOURCES, "recipes", "training")]);
    expect(form("library.import", await handlers["library.import"]({ kind: "recipe" }))).toMatchObject({
      ...{ kind: "imported", documents: [{ id: "training-2", problems: 0 }] },
    });
    const { handlers: others } = await desk();
    expect(await others["library.import"]({ kind: "recipe" })).toEqual({ kind: "cancelled" });
    expect(await others["library.attach"](MINE)).toEqual({ kind: "cancelled" });
  });

  it("lays files beside a document", async () => {
    const { handlers, form } = await desk([join(RESOURCES, "ca", "nrf-cloud-coap-ca-dev.pem")]);
    await handlers["library.duplicate"]({ ...TRAINING, as: "mine" });
    expect(form("library.attach", await handlers["library.attach"](MINE))).toMatchObject({
      ...{ kind: "attached", opened: { files: [{}, { path: "nrf-cloud-coap-ca-dev.pem" }, {}] } },
    });
  });

  it("lets the line work with a document", async () => {
    const { handlers, line } = await desk();
    expect(await handlers["library.select"](TRAINING)).toBeNull();
    expect(line.chosen).toEqual(["recipe training"]);
  });
});
