import { DocumentIdSchema } from "../../../src/contract/desktop-library.ts";

/** The revision after this one: its last number counts up; where it has none, `2` follows. */
export function nextRevision(revision: string): string {
  const found = /^(.*?)(\d{1,9})(\D*)$/s.exec(revision);
  if (found === null) return revision === "" ? "1" : `${revision}-2`;
  const [, before = "", number = "", after = ""] = found;
  return `${before}${String(Number(number) + 1).padStart(number.length, "0")}${after}`;
}

/** A free name for a document, after its product and revision. @param taken names that are in use */
export function nextName(words: readonly string[], taken: ReadonlySet<string>): string {
  const plain = slugOf(words.join("-"));
  for (let number = 1; ; number++) {
    const name = number === 1 ? plain : `${plain}-${number}`;
    if (DocumentIdSchema.safeParse(name).success && !taken.has(name)) return name;
  }
}

function slugOf(text: string): string {
  const slug = text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 56)
    .replaceAll(/^-+|-+$/g, "");
  return slug === "" ? "recipe" : slug;
}
