import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { GoldenReferenceSchema } from "../../src/contract/proof.ts";
import { ResolvedRecipeSchema } from "../../src/contract/recipe.ts";
import { checkDocument } from "../../src/station/files/load-document.ts";
import { checkFixture } from "../../src/station/files/fixture-file.ts";
import { fixtureText } from "../../src/station/files/fixture-text.ts";
import { checkCertificates, checkPreSharedKey, checkPrivateKey } from "../../src/station/files/pem.ts";
import { checkProfile } from "../../src/station/files/profile-file.ts";
import { openRecipe } from "../../src/station/files/recipe-file.ts";
import { checkText } from "../../src/station/library/check-document.ts";
import { tempFolder } from "../station/files/temp-folder.ts";
import { assertSurvives, type Target } from "./support/fuzz.ts";
import { endOf } from "./support/refusal.ts";

const CA = readFileSync(join(import.meta.dirname, "../../resources/ca/amazon-root-ca-1.pem"), "utf8");
/** What the files and variables hold that recipes of the corpus name. */
const SECRET = "c0ffee00c0ffee00c0ffee00c0ffee00";

const TARGET: Target = {
  corpus: "recipe",
  cost: 2,
  dictionary: [
    ...[
      "\n",
      "\n  ",
      "\n- ",
      ": ",
      "{",
      "}",
      "[",
      "]",
      "&a ",
      "*a",
      "<<: *a",
      "!!js/undefined ",
      "!!binary ",
      "? ",
      "| ",
      "'",
      '"',
    ],
    ...[
      "\t",
      "\0",
      "\u001b[2J",
      "\u00ff",
      "%YAML 1.1\n---\n",
      "---\n",
      "...\n",
      "__proto__: 1\n",
      "constructor: {}\n",
      "recipe: 1\n",
    ],
    ...[
      "999999999999999999999",
      "-1",
      "1e999",
      ".inf",
      ".nan",
      "~",
      "0x7fffffff",
      "../../etc/passwd",
      "{ file: ca.pem }",
    ],
    ...[
      "{ env: FUZZ_SECRET }",
      "{ column: psk }",
      "{{imei}}",
      "{{uuid}}",
      "{{",
      "- finished: {}\n",
      "secTag: 7\n",
      "psk.hex",
      "(a+)+$",
    ],
  ],
};

describe("a file of documents", () => {
  const folder = tempFolder();

  beforeEach(async () => {
    await folder.write("ca.pem", CA);
    await folder.write("psk.hex", SECRET);
    await folder.write("values.csv", `boardSerial,psk\nA1,${SECRET}\n`);
  });

  it("as a recipe is taken whole with its materials, or refused with the places of what is wrong and nothing secret", async () => {
    await assertSurvives(TARGET, async ({ bytes }) => {
      const path = await folder.write("recipe.yaml", Buffer.from(bytes));
      const code = await endOf(async () => {
        const { recipe } = await openRecipe(path, { FUZZ_SECRET: SECRET });
        ResolvedRecipeSchema.parse(recipe);
        expect(recipe.frozenText).not.toContain(SECRET);
      }, [SECRET]);
      expect(code).toMatch(/^(?:taken|file\.)/);
    });
  });

  it("as a fixture, a profile or a reference is taken or refused, and a fixture can be written again", async () => {
    await assertSurvives(TARGET, async ({ text }) => {
      const path = folder.path("document.yaml");
      const ends = [
        await endOf(() => {
          const fixture = checkFixture(text, path);
          expect(checkFixture(fixtureText(fixture), path)).toEqual(fixture);
        }),
        await endOf(() => checkProfile(text, path)),
        await endOf(() => checkDocument(text, path, GoldenReferenceSchema)),
      ];
      for (const code of ends) expect(code).toMatch(/^(?:taken|file\.)/);
    });
  });

  it("is shown with its problems while it is being written, whatever it is", async () => {
    await assertSurvives({ ...TARGET, cost: 4 }, async ({ text }) => {
      for (const kind of ["recipe", "fixture", "profile"] as const)
        await endOf(() => checkText({ kind, path: folder.path(`draft-${kind}.yaml`) }, text, {}), [SECRET]);
    });
  });
});

describe("a file of material", () => {
  it("is a certificate, a key, a pre-shared key or none, and no refusal quotes a key", async () => {
    await assertSurvives(TARGET, async ({ text }) => {
      const pem = `-----BEGIN EC PRIVATE KEY-----\n${SECRET}\n${text}`;
      for (const material of [text, pem])
        for (const check of [
          () => checkCertificates(material),
          () => checkPrivateKey(material, undefined),
          () => checkPrivateKey(material, "password"),
          () => checkPreSharedKey(material),
        ])
          expect(await endOf(check, [SECRET])).toMatch(/^(?:taken|file\.(?:certificate|key|psk))$/);
    });
  });
});
