import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DocumentSchema, OpenedDocumentSchema } from "../../../src/contract/desktop-library.ts";
import { Library } from "../../../src/station/library/library.ts";
import { PublishedDocuments } from "../../../src/station/published/published-documents.ts";
import { publishedId } from "../../../src/station/published/published-id.ts";
import { PublishedRig } from "../../fakes/line/published-rig.ts";
import { FIXTURE } from "../library/library-rig.ts";

const TRAINING = join(import.meta.dirname, "../../../resources/recipes/training/recipe.yaml");

let rig: PublishedRig;
let library: Library;
beforeEach(async () => {
  rig = await PublishedRig.make();
  const documents = new PublishedDocuments(rig.shelf);
  library = new Library({
    ...{ own: join(rig.folder, "own"), builtIn: join(rig.folder, "built-in"), environment: {}, born: [] },
    ...{ inUse: () => false, recorded: async () => [], line: () => documents },
  });
});
afterEach(() => rig.remove());

describe("the library of a station with a line", () => {
  it("lists what the line has published, marked, under names that stand for one content", async () => {
    const published = await rig.publish(TRAINING);
    await writeFile(join(rig.folder, "tray.yaml"), FIXTURE);
    await rig.publish(join(rig.folder, "tray.yaml"));
    await rig.fetch();
    const [recipe, ...others] = (await library.list("recipe")).map((listed) => DocumentSchema.parse(listed));
    expect(others).toEqual([]);
    expect(recipe).toMatchObject({ origin: "line", title: "Training board", revision: "1", problems: 0 });
    expect(recipe).toMatchObject({ id: publishedId(published), changedAt: published.at });
    expect(await library.list("fixture")).toMatchObject([{ origin: "line", title: "Tray" }]);
    expect(await library.list("profile")).toEqual([]);
    const opened = OpenedDocumentSchema.parse(await library.read({ kind: "recipe", id: recipe?.id ?? "" }));
    expect(opened.files.map(({ path }) => path)).toEqual(["amazon-root-ca-1.pem", "nrf-cloud-coap-ca.pem"]);
    expect(await library.isOfLine({ kind: "recipe", id: recipe?.id ?? "" })).toBe(true);
  });

  it("lets nobody change or remove it, and copies it for changes", async () => {
    const id = publishedId(await rig.publish(TRAINING));
    await rig.fetch();
    const which = { kind: "recipe", id } as const;
    await expect(library.remove(which)).rejects.toMatchObject({ code: "library.built-in" });
    await expect(library.save(which, "recipe: 1", true)).rejects.toMatchObject({ code: "library.built-in" });
    await expect(library.save(which, "recipe: 1", false)).rejects.toMatchObject({ code: "library.exists" });
    await expect(library.attach(which, [TRAINING])).rejects.toMatchObject({ code: "library.built-in" });
    expect(await library.duplicate(which, "mine", "2")).toMatchObject({ origin: "own", revision: "2", problems: 0 });
    expect(await library.isOfLine({ kind: "recipe", id: "mine" })).toBe(false);
  });

  it("gives no copy to a station that was changed, and names what is wrong", async () => {
    const id = publishedId(await rig.publish(TRAINING));
    await rig.fetch();
    const which = { kind: "recipe", id } as const;
    const path = (await library.locate(which)) ?? "";
    await writeFile(join(path, "../amazon-root-ca-1.pem"), "changed");
    await expect(library.locate(which)).rejects.toMatchObject({ code: "line.document-changed" });
    expect((await library.read(which)).problems).toEqual([
      { field: "", what: "a file is not what was signed: amazon-root-ca-1.pem" },
    ]);
    await writeFile(path, "changed too");
    expect(await library.list("recipe")).toMatchObject([{ origin: "line", problems: 1 }]);
    expect((await library.read(which)).text).toBe("");
  });

  it("gives none that was withdrawn, and says why", async () => {
    const published = await rig.publish(TRAINING);
    const which = { kind: "recipe", id: publishedId(published) } as const;
    await rig.fetch();
    await rig.withdraw(published.sha256);
    await rig.fetch();
    await expect(library.locate(which)).rejects.toMatchObject({ code: "line.document-withdrawn" });
    expect(await library.list("recipe")).toMatchObject([{ origin: "line", title: "Training board", problems: 1 }]);
    expect((await library.read(which)).problems).toEqual([
      { field: "", what: "the document was withdrawn: wrong key" },
    ]);
  });

  it("names documents by what they are called, whatever that is", () => {
    const of = (name: string, revision: string): string =>
      publishedId({ kind: "recipe", name, revision, sha256: "0123456789".padEnd(64, "a") });
    expect(of("Tracker 9161", "7")).toBe("tracker-9161-7-01234567");
    expect(of("产品", "版本")).toBe("recipe-r-01234567");
    expect(of("x".repeat(140), "y".repeat(64))).toMatch(/^x{36}-y{16}-01234567$/);
    for (const name of ["../../x", "con", "a..b", "-.-"])
      expect(DocumentSchema.shape.id.safeParse(of(name, "..")).success).toBe(true);
  });
});
