import { mkdir, symlink } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DocumentIdSchema, OpenedDocumentSchema } from "../../../src/contract/desktop-library.ts";
import type { Library } from "../../../src/station/library/library.ts";
import { failureOf, tempFolder } from "../files/temp-folder.ts";
import { LibraryRig, RECIPE } from "./library-rig.ts";

describe("Library", () => {
  const folder = tempFolder();
  const library = (): Library => new LibraryRig(folder).library;

  describe("against names that lead elsewhere", () => {
    const HOSTILE = [
      ...["", ".", "..", "../x", "a/b", "a\\b", "/etc", "C:x", "a\0b", "A", "ä", "a b", "a.", "-a", ".a", "a..b"],
      ...["con", "con.x", "nul", "aux.yaml", "com1", "lpt9.tar", "prn", "x.yaml", "a".repeat(65), "__proto__"],
    ];

    it.each(HOSTILE)("refuses %j", async (id) => {
      expect(DocumentIdSchema.safeParse(id).success).toBe(false);
      const shelf = library();
      const refused = { code: "library.id" };
      for (const kind of ["recipe", "fixture", "profile"] as const) {
        await expect(shelf.save({ kind, id }, RECIPE, false)).rejects.toMatchObject(refused);
        await expect(shelf.read({ kind, id })).rejects.toMatchObject(refused);
        await expect(shelf.remove({ kind, id })).rejects.toMatchObject(refused);
        await expect(shelf.check({ kind, id }, RECIPE)).rejects.toMatchObject(refused);
      }
      await expect(shelf.duplicate({ kind: "recipe", id: "training" }, id)).rejects.toMatchObject(refused);
    });

    it("takes no name that it did not check", async () => {
      const shelf = library();
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(fc.string({ maxLength: 70 }), fc.string({ unit: "binary", maxLength: 70 })),
          async (id) => {
            const error = await failureOf(shelf.read({ kind: "recipe", id }));
            const code = DocumentIdSchema.safeParse(id).success ? "library.missing" : "library.id";
            expect(error).toMatchObject({ code });
          },
        ),
        { numRuns: 100 },
      );
    });

    it("follows no links: neither folders nor files nor what recipes name", async () => {
      const shelf = library();
      await folder.write("elsewhere/recipe.yaml", RECIPE);
      await folder.write("elsewhere/secret.pem", "secret");
      await mkdir(folder.path("data/recipes/half"), { recursive: true });
      await mkdir(folder.path("data/fixtures"), { recursive: true });
      await symlink(folder.path("elsewhere"), folder.path("data/recipes/linked"));
      await symlink(folder.path("elsewhere/recipe.yaml"), folder.path("data/recipes/half/recipe.yaml"));
      await symlink(folder.path("elsewhere/recipe.yaml"), folder.path("data/fixtures/linked.yaml"));
      expect((await shelf.list("recipe")).map(({ id }) => id)).toEqual(["training"]);
      for (const id of ["linked", "half"]) {
        await expect(shelf.read({ kind: "recipe", id })).rejects.toMatchObject({ code: "library.missing" });
        await expect(shelf.save({ kind: "recipe", id }, RECIPE, false)).rejects.toMatchObject({
          code: "library.exists",
        });
      }
      await folder.write(
        "data/recipes/own/recipe.yaml",
        RECIPE.replace("- finished: {}", "- serverCertificate: { secTag: 1, file: out.pem }"),
      );
      await symlink(folder.path("elsewhere/secret.pem"), folder.path("data/recipes/own/out.pem"));
      const opened = await shelf.read({ kind: "recipe", id: "own" });
      expect(opened.problems).toMatchObject([{ what: expect.stringMatching(/out of the folder/) as string }]);
      expect(opened.files).toEqual([]);
    });
  });

  it.each([
    ["is no text", new Uint8Array([0xff, 0xfe, 0x00])],
    ["is empty", ""],
    ["breaks off", RECIPE.slice(0, 40)],
    ["is too long", "#".repeat(262_145)],
    ["is nested without end", "[".repeat(10_000)],
  ])("lists and opens a recipe whose file %s, with its problems", async (_what, content) => {
    const shelf = library();
    await folder.write("data/recipes/broken/recipe.yaml", content);
    const listed = (await shelf.list("recipe")).find(({ id }) => id === "broken");
    expect(listed?.problems).toBeGreaterThan(0);
    const opened = OpenedDocumentSchema.parse(await shelf.read({ kind: "recipe", id: "broken" }));
    expect(opened.parsed).toBeUndefined();
    await expect(shelf.locate({ kind: "recipe", id: "broken" })).rejects.toMatchObject({
      code: expect.stringMatching(/^file\./) as string,
    });
    await shelf.remove({ kind: "recipe", id: "broken" });
  });

  it("checks any text without failing, and tells problems of the agreed form", async () => {
    const shelf = library();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("recipe", "fixture", "profile"),
        fc.string({ maxLength: 300 }),
        async (kind, text) => {
          const mixed = `${RECIPE.slice(0, text.length % RECIPE.length)}${text}`;
          expect((await shelf.check({ kind, id: "x" }, mixed)).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
