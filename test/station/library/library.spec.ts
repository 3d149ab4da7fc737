import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DocumentSchema, OpenedDocumentSchema } from "../../../src/contract/desktop-library.ts";
import { MOST_DOCUMENTS, type Library } from "../../../src/station/library/library.ts";
import { tempFolder } from "../files/temp-folder.ts";
import { FIXTURE, LibraryRig, RECIPE, RESOURCES } from "./library-rig.ts";

describe("Library", () => {
  const folder = tempFolder();

  const library = (): Library => new LibraryRig(folder).library;

  it("lists what comes with the station, of the agreed form", async () => {
    const shelf = library();
    const recipes = await shelf.list("recipe");
    expect(recipes.map((document) => DocumentSchema.parse(document))).toMatchObject([
      { id: "training", origin: "built-in", title: "Training board", revision: "1", problems: 0, inUse: false },
    ]);
    expect((await shelf.list("fixture")).map(({ id, title }) => [id, title])).toEqual([
      ["training-tray", "Tray"],
      ["usb-hub-tray", "Example tray on a USB hub"],
    ]);
    expect((await shelf.list("profile")).map(({ id }) => id)).toEqual(["embedded", "nrf-cloud"]);
  });

  it("reads a recipe with its text, its content and its files", async () => {
    const opened = OpenedDocumentSchema.parse(await library().read({ kind: "recipe", id: "training" }));
    expect(opened.parsed).toMatchObject({ kind: "recipe", recipe: { product: "Training board" } });
    expect(opened.files.map(({ path }) => path)).toEqual(["amazon-root-ca-1.pem", "nrf-cloud-coap-ca.pem"]);
    expect(opened.files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(opened.text).toContain("cloudAccessKeyGeneration");
  });

  it("saves a new recipe, then another text in its place", async () => {
    const shelf = library();
    const which = { kind: "recipe", id: "board" } as const;
    expect(await shelf.save(which, RECIPE, false)).toMatchObject({ origin: "own", title: "Board", problems: 0 });
    await shelf.save(which, RECIPE.replace('"1"', '"2"'), true);
    expect(await shelf.read(which)).toMatchObject({ document: { revision: "2" } });
    expect(await readdir(folder.path("data/recipes"))).toEqual(["board"]);
    expect(await readdir(folder.path("data/recipes/board"))).toEqual(["recipe.yaml"]);
  });

  it("refuses a text with problems as the line would, and changes nothing", async () => {
    const shelf = library();
    const which = { kind: "fixture", id: "tray" } as const;
    await shelf.save(which, FIXTURE, false);
    await expect(shelf.save(which, FIXTURE.replace("rows: 1", "rows: 65"), true)).rejects.toMatchObject({
      code: "file.invalid",
    });
    expect((await shelf.read(which)).text).toBe(FIXTURE);
  });

  it("tells every problem with field, line and column", async () => {
    const text = RECIPE.replace(
      "  - finished: {}",
      "  - serverCertificate: { secTag: -1, file: ca.pem }\n  - nonsense: {}",
    );
    expect(await library().check({ kind: "recipe", id: "board" }, text)).toEqual([
      { field: "commands.0.serverCertificate.secTag", line: 6, column: 34, what: "must be at least 0" },
      { field: "commands.1", line: 7, column: 5, what: expect.stringMatching(/must be one command/) as string },
    ]);
    const missing = text.replace("-1", "1").replace("nonsense", "finished");
    expect(await library().check({ kind: "recipe", id: "board" }, missing)).toMatchObject([
      { field: "commands.0.serverCertificate.file", line: 6 },
    ]);
    expect(await library().check({ kind: "recipe", id: "board" }, "a: [")).toMatchObject([{ field: "", line: 1 }]);
  });

  it("duplicates with the files, and sets the revision on the way", async () => {
    const shelf = library();
    const which = { kind: "recipe", id: "training" } as const;
    expect(await shelf.duplicate(which, "training-2", "2")).toMatchObject({
      revision: "2",
      problems: 0,
      origin: "own",
    });
    const { text, files } = await shelf.read({ kind: "recipe", id: "training-2" });
    const before = (await shelf.read(which)).text;
    expect(text).toBe(before.replace('revision: "1"', 'revision: "2"'));
    expect(files).toHaveLength(2);
  });

  it("takes a profile's CA files along, under names in its own folder", async () => {
    const shelf = library();
    expect(await shelf.duplicate({ kind: "profile", id: "nrf-cloud" }, "cloud")).toMatchObject({ problems: 0 });
    const { parsed, text, files } = await shelf.read({ kind: "profile", id: "cloud" });
    expect(parsed).toMatchObject({
      profile: { https: { ca: "cloud/amazon-root-ca-1.pem" }, coaps: { ca: "cloud/nrf-cloud-coap-ca.pem" } },
    });
    expect(text).toMatch(/^# nRF Cloud's production service/);
    expect(files.map(({ path }) => path)).toEqual(["cloud/amazon-root-ca-1.pem", "cloud/nrf-cloud-coap-ca.pem"]);
    await shelf.remove({ kind: "profile", id: "cloud" });
    expect(await readdir(folder.path("data/profiles"))).toEqual([]);
  });

  it("copies what the station is born with as a document that can be changed", async () => {
    const shelf = library();
    await shelf.duplicate({ kind: "fixture", id: "training-tray" }, "tray");
    expect((await shelf.read({ kind: "fixture", id: "tray" })).text).toBe(FIXTURE);
    expect(await shelf.locate({ kind: "fixture", id: "training-tray" })).toBeUndefined();
    expect(await shelf.locate({ kind: "fixture", id: "tray" })).toBe(folder.path("data/fixtures/tray.yaml"));
  });

  it("neither changes nor removes what comes with the station", async () => {
    const shelf = library();
    const builtIn = { code: "library.built-in" };
    await expect(shelf.save({ kind: "recipe", id: "training" }, RECIPE, true)).rejects.toMatchObject(builtIn);
    await expect(shelf.remove({ kind: "recipe", id: "training" })).rejects.toMatchObject(builtIn);
    await expect(shelf.remove({ kind: "fixture", id: "training-tray" })).rejects.toMatchObject(builtIn);
    await expect(shelf.attach({ kind: "recipe", id: "training" }, [])).rejects.toMatchObject(builtIn);
    const taken = { code: "library.exists" };
    await expect(shelf.save({ kind: "recipe", id: "training" }, RECIPE, false)).rejects.toMatchObject(taken);
    await expect(shelf.duplicate({ kind: "fixture", id: "usb-hub-tray" }, "training-tray")).rejects.toMatchObject(
      taken,
    );
  });

  it("removes a document that the line does not use, with its files", async () => {
    const { library: shelf, used } = new LibraryRig(folder);
    await shelf.duplicate({ kind: "recipe", id: "training" }, "mine");
    used.add("recipe mine");
    await expect(shelf.remove({ kind: "recipe", id: "mine" })).rejects.toMatchObject({ code: "library.in-use" });
    used.clear();
    await shelf.remove({ kind: "recipe", id: "mine" });
    expect(await readdir(folder.path("data/recipes"))).toEqual([]);
    await expect(shelf.remove({ kind: "recipe", id: "mine" })).rejects.toMatchObject({ code: "library.missing" });
  });

  describe("for a revision that units were run with", () => {
    const which = { kind: "recipe", id: "board" } as const;

    async function ran(): Promise<Library> {
      const { library: shelf, recorded } = new LibraryRig(folder);
      const { sha256 } = await shelf.save(which, RECIPE, false);
      recorded.set("Board 1", [sha256 ?? ""]);
      return shelf;
    }

    it("refuses another content, and says it at the field", async () => {
      const shelf = await ran();
      const other = RECIPE.replace("commands:", "description: other\ncommands:");
      expect(await shelf.check(which, other)).toMatchObject([{ field: "revision", line: 4 }]);
      await expect(shelf.save(which, other, true)).rejects.toMatchObject({ code: "library.revision-used" });
      expect((await shelf.read(which)).text).toBe(RECIPE);
    });

    it("takes another layout of the same content, and another content under another revision", async () => {
      const shelf = await ran();
      await shelf.save(which, RECIPE.replace("# Ours.", "# Still ours."), true);
      const next = RECIPE.replace("commands:", "description: other\ncommands:").replace('"1"', '"2"');
      expect(await shelf.save(which, next, true)).toMatchObject({ revision: "2" });
    });

    it("gives a recipe that was changed behind its back to nobody", async () => {
      const shelf = await ran();
      await writeFile(
        folder.path("data/recipes/board/recipe.yaml"),
        RECIPE.replace("Ours", "x").replace("commands:", "description: d\ncommands:"),
      );
      await expect(shelf.locate(which)).rejects.toMatchObject({ code: "library.revision-used" });
      expect(await shelf.list("recipe")).toMatchObject([
        { id: "training" },
        { id: "board", title: "Board", revision: "1", problems: 1 },
      ]);
    });
  });

  it("imports folders and files, each under a free name, with problems too", async () => {
    const shelf = library();
    await folder.write(
      "usb/Zähler EU/recipe.yaml",
      RECIPE.replace("- finished: {}", "- serverCertificate: { secTag: 1, file: sub/ca.pem }"),
    );
    await folder.write("usb/Zähler EU/sub/ca.pem", await readFile(join(RESOURCES, "ca/amazon-root-ca-1.pem")));
    await folder.write("usb/Zähler EU/unrelated.key", "not ours");
    await folder.write("usb/broken/recipe.yml", "recipe: 2");
    const imported = await shelf.import("recipe", [
      folder.path("usb/Zähler EU"),
      folder.path("usb/broken"),
      folder.path("usb/Zähler EU"),
    ]);
    expect(imported).toMatchObject([
      { id: "zahler-eu", problems: 0 },
      { id: "broken", problems: expect.any(Number) as number },
      { id: "zahler-eu-2", problems: 0 },
    ]);
    expect((await shelf.read({ kind: "recipe", id: "zahler-eu" })).files.map(({ path }) => path)).toEqual([
      "sub/ca.pem",
    ]);
    await folder.write("usb/Tray 1.YAML", FIXTURE);
    expect(await shelf.import("fixture", [folder.path("usb/Tray 1.YAML")])).toMatchObject([
      { id: "tray-1", title: "Tray" },
    ]);
  });

  it("says that there is nothing to import", async () => {
    await mkdir(folder.path("empty"));
    const shelf = library();
    await expect(shelf.import("recipe", [folder.path("empty")])).rejects.toMatchObject({ code: "library.nothing" });
    await expect(shelf.import("fixture", [folder.path("gone.yaml")])).rejects.toMatchObject({ code: "file.missing" });
    expect(await shelf.list("recipe")).toHaveLength(1);
  });

  it("lays files beside a recipe, none over another", async () => {
    const shelf = library();
    await shelf.save({ kind: "recipe", id: "board" }, RECIPE, false);
    const ca = join(RESOURCES, "ca/amazon-root-ca-1.pem");
    const opened = await shelf.attach({ kind: "recipe", id: "board" }, [ca]);
    expect(opened.files.map(({ path }) => path)).toEqual(["amazon-root-ca-1.pem"]);
    const taken = { code: "library.exists" };
    await expect(shelf.attach({ kind: "recipe", id: "board" }, [ca])).rejects.toMatchObject(taken);
    const recipe = await folder.write("recipe.yaml", "x");
    await expect(shelf.attach({ kind: "recipe", id: "board" }, [recipe])).rejects.toMatchObject({ code: "library.id" });
  });

  it("does changes one after the other: of two of one name, one is there and one is refused", async () => {
    const shelf = library();
    const which = { kind: "recipe", id: "board" } as const;
    const both = await Promise.allSettled([shelf.save(which, RECIPE, false), shelf.save(which, RECIPE, false)]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  it("says why it cannot be written, and leaves nothing half done", async () => {
    const shelf = library();
    await folder.write("data/recipes", "a file where a folder should be");
    await expect(shelf.duplicate({ kind: "recipe", id: "training" }, "mine")).rejects.toMatchObject({
      ...{ code: "library.write", facts: { reason: expect.stringMatching(/EEXIST|ENOTDIR/) as string } },
    });
    await rm(folder.path("data/recipes"));
    await shelf.duplicate({ kind: "recipe", id: "training" }, "mine");
  });

  it("clears away what a power cut left unfinished, and never lists it", async () => {
    await folder.write("data/recipes/.unfinished-1234/recipe.yaml", RECIPE);
    await folder.write("data/fixtures/tray.yaml.0123456789ab.new", FIXTURE);
    const shelf = library();
    expect(await shelf.list("recipe")).toHaveLength(1);
    await shelf.save({ kind: "recipe", id: "board" }, RECIPE, false);
    expect(await readdir(folder.path("data/recipes"))).toEqual(["board"]);
    expect(await readdir(folder.path("data/fixtures"))).toEqual([]);
  });

  it("holds so many documents and no more", async () => {
    const shelf = library();
    await mkdir(folder.path("data/fixtures"), { recursive: true });
    for (let number = 0; number < MOST_DOCUMENTS; number++)
      await writeFile(folder.path(`data/fixtures/tray-${number}.yaml`), FIXTURE);
    await expect(shelf.save({ kind: "fixture", id: "more" }, FIXTURE, false)).rejects.toMatchObject({
      code: "library.full",
    });
  });
});
