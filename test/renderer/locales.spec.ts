import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LanguageSchema } from "../../src/contract/desktop-settings.ts";
import { ERROR_CODES, isErrorCode } from "../../src/core/error-codes.ts";
import { faultFamily, remedyOf } from "../../renderer/screens/line/fault-family.ts";

const LOCALES = join(import.meta.dirname, "../../renderer/locales");
/** The error table is the English of these. */
const NOT_ENGLISH = ["remedies.json"];

type Texts = { readonly [key: string]: string | Texts };

function textsOf(language: string, file: string): Texts {
  return JSON.parse(readFileSync(join(LOCALES, language, file), "utf8")) as Texts;
}

function entries(texts: Texts, path = ""): readonly (readonly [string, string])[] {
  return Object.entries(texts).flatMap(([key, text]) =>
    typeof text === "string" ? [[`${path}${key}`, text] as const] : entries(text, `${path}${key}.`),
  );
}

const placeholders = (text: string): readonly string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
const files = readdirSync(join(LOCALES, "en"));
const others = LanguageSchema.options.filter((language) => language !== "en");

describe.each(others)("the texts in %s", (language) => {
  it("are in the same files as the English ones", () => {
    expect(readdirSync(join(LOCALES, language)).sort()).toEqual([...files, ...NOT_ENGLISH].sort());
  });

  it.each(files)("of %s have the same keys and placeholders as in English", (file) => {
    const shape = (name: string) =>
      entries(textsOf(name, file)).map(([key, text]) => `${key} ${placeholders(text).join(" ")}`);
    expect(shape(language).sort()).toEqual(shape("en").sort());
  });

  it("have a remedy for every family of faults", () => {
    const families = Object.keys(textsOf("en", "faults.json")).sort();
    expect(Object.keys(textsOf(language, "remedies.json")).sort()).toEqual(families);
  });
});

describe("the sentences about faults", () => {
  const faults = textsOf("en", "faults.json");

  it("exist for every error code of the table", () => {
    const without = Object.keys(ERROR_CODES).filter((code) => isErrorCode(code) && !(faultFamily(code) in faults));
    expect(without).toEqual([]);
  });

  it("say what happened in up to nine words, without a code or an exclamation mark", () => {
    const bad = entries(faults).filter(([, text]) => text.split(" ").length > 9 || /!|\w\.\w/.test(text));
    expect(bad).toEqual([]);
  });

  it("take what to do from behind the colon of the table's advice", () => {
    expect(remedyOf("The link broke: check the cable.")).toBe("Check the cable.");
    expect(remedyOf("Choose another port.")).toBe("Choose another port.");
  });
});
