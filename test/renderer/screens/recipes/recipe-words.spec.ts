import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextName, nextRevision } from "../../../../renderer/screens/recipes/next-name.ts";
import { commandWords, gateWords, namedBy, verifyWords } from "../../../../renderer/screens/recipes/recipe-words.ts";
import { lineNumbers, newLineAt, offsetAt } from "../../../../renderer/components/text-lines.ts";
import { DocumentIdSchema } from "../../../../src/contract/desktop-library.ts";
import { RECIPE_COMMANDS } from "../../../../src/contract/recipe-command.ts";
import { RecipeSchema } from "../../../../src/contract/recipe.ts";

const TEXTS = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../../renderer/locales/en/recipes.json"), "utf8"),
) as Record<string, unknown>;

const hasText = (key: string): boolean =>
  typeof key
    .split(".")
    .reduce<unknown>((found, part) => (found as Record<string, unknown> | undefined)?.[part], TEXTS) === "string";

const FULL = RecipeSchema.parse({
  ...{ recipe: 1, product: "Board", revision: "1" },
  modem: { models: ["nRF9151"], firmware: { minimum: "2.0.1", maximum: "2.1" } },
  boardSerial: { pattern: "A.*", required: false },
  claim: { by: "elsewhere" },
  commands: [
    { certificateSigningRequest: { secTag: 1, attributes: "CN=x", keyUsage: "101010101" } },
    { endorsementKeyGeneration: { secTag: 2 } },
    { clientCertificate: { secTag: 3, file: "a.pem" } },
    { clientPrivateKey: { secTag: 3, key: { file: "a.key" }, password: { file: "a.pass" } } },
    { preSharedKey: { secTag: 4, identity: "me", key: { env: "PSK" } } },
    { atCommand: { command: "%XPTW", parameters: "4", ignoreCmeErrors: [513, 514] } },
    { config: { "a/b": "1" } },
    { finished: {} },
  ],
  verify: { readBack: true, forbidUnexpected: true },
});

describe("the words about a recipe", () => {
  it("exist for everything that a recipe can order, ask and prove", () => {
    const words = [
      ...gateWords(FULL),
      ...verifyWords(FULL),
      ...FULL.commands.map(commandWords).flatMap(({ does, more }) => [does, ...more]),
    ];
    expect(words.map(({ key }) => key).filter((key) => !hasText(key))).toEqual([]);
    expect(Object.keys(RECIPE_COMMANDS).filter((kind) => !hasText(`commands.${kind}`))).toEqual([]);
    const plain = RecipeSchema.parse({ recipe: 1, product: "B", revision: "1", commands: [] });
    expect([...gateWords(plain), ...verifyWords(plain)].filter(({ key }) => !hasText(key))).toEqual([]);
  });

  it.each(["serial-modem", "zephyr-shell"])("say that the board provisions itself by %s", (by) => {
    const recipe = RecipeSchema.parse({ recipe: 1, product: "B", revision: "1", commands: [], provision: { by } });
    expect(gateWords(recipe).map(({ key }) => key)).toContain(`provision.${by}`);
    expect(hasText(`provision.${by}`)).toBe(true);
  });

  it("name tags, files and what is sent", () => {
    const [, , certificate, key, psk, at, config] = FULL.commands.map(commandWords);
    expect(certificate).toMatchObject({ tag: 3, file: "a.pem" });
    expect(key).toMatchObject({ file: "a.key", more: [{ key: "passwordFromFile" }] });
    expect(psk).toMatchObject({ more: [{ values: { identity: "me" } }, { values: { variable: "PSK" } }] });
    expect(at).toMatchObject({ code: ["AT%XPTW=4"], more: [{ values: { errors: "513, 514" } }] });
    expect(config).toMatchObject({ code: ["a/b = 1"] });
    expect([...namedBy(FULL)]).toEqual(["a.pem", "a.key", "a.pass"]);
  });
});

describe("names of copies", () => {
  it.each([
    ["14", "15"],
    ["1.9", "1.10"],
    ["A07", "A08"],
    ["2026-a", "2027-a"],
    ["beta", "beta-2"],
    ["", "1"],
  ])("count %j up to %j", (before, after) => expect(nextRevision(before)).toBe(after));

  it("are free, and names of the library whatever the product is called", () => {
    expect(nextName(["Zähler EU", "15"], new Set())).toBe("zahler-eu-15");
    expect(nextName(["Zähler EU", "15"], new Set(["zahler-eu-15"]))).toBe("zahler-eu-15-2");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (product, revision) => {
        expect(DocumentIdSchema.safeParse(nextName([product, revision], new Set())).success).toBe(true);
      }),
    );
  });
});

describe("the lines of a text", () => {
  it("keep the indent at Enter, one step deeper behind a colon", () => {
    expect(newLineAt("a:\n  b: 1", 9)).toBe("\n  ");
    expect(newLineAt("a:\n  b:", 7)).toBe("\n    ");
    expect(newLineAt("", 0)).toBe("\n");
  });

  it("are counted from 1, and places that are not there become the nearest", () => {
    expect(offsetAt("ab\ncd", 2, 2)).toBe(4);
    expect(offsetAt("ab\ncd", 9, 9)).toBe(5);
    expect(offsetAt("ab", 0, 0)).toBe(0);
    expect(lineNumbers("a\nb\n")).toBe("1\n2\n3");
  });
});
