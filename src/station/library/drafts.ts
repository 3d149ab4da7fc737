import { stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { DocumentKind } from "../../contract/desktop-library.ts";
import { RecipeSchema } from "../../contract/recipe.ts";
import { StationError } from "../../core/error.ts";
import { LARGEST_NAMED } from "../files/beside.ts";
import { checkDocument, readDocument } from "../files/load-document.ts";
import { namedFiles } from "../files/recipe-materials.ts";
import { readTextFile } from "../files/text-file.ts";
import type { FoundDocument } from "./catalogue.ts";
import { authorityFiles, parseProfile } from "./check-document.ts";
import { companionPaths, readCompanions, type CompanionFile } from "./companion-files.ts";
import { setText } from "./set-text.ts";

/** A text with the files that go with it, ready to be written. */
export type Draft = { readonly text: string; readonly files: readonly CompanionFile[] };

/**
 * A copy of a document as it would stand under the name `as`.
 * @throws StationError file.* where its text cannot be read; library.revision where the revision cannot be set
 */
export async function draftCopy(found: FoundDocument, as: string, revision?: string): Promise<Draft> {
  const { kind, path, origin } = found;
  const text = await found.text();
  if (origin === "born") return { text, files: [] };
  const draft = await draftOf(kind, path, text, as);
  return revision === undefined || kind !== "recipe"
    ? draft
    : { ...draft, text: setText(draft.text, ["revision"], revision) };
}

/** The document at `path` as it would stand under the name `as`, with what it names. */
export function draftOf(kind: DocumentKind, path: string, text: string, as: string): Promise<Draft> | Draft {
  switch (kind) {
    case "recipe":
      return draftRecipe(path, text);
    case "fixture":
      return { text, files: [] };
    case "profile":
      return draftProfile(path, text, as);
  }
}

/** With the files that it names; where it cannot be read, with all that lie beside it. */
async function draftRecipe(path: string, text: string): Promise<Draft> {
  const folder = dirname(path);
  return { text, files: await readCompanions(folder, namedBy(text, path) ?? (await companionPaths(folder))) };
}

function namedBy(text: string, path: string): readonly string[] | undefined {
  try {
    return namedFiles(checkDocument(text, path, RecipeSchema).value);
  } catch {
    return undefined;
  }
}

/** With its CA files in a folder of its name, and the text naming them there; one that cannot be read stays as it is named. */
async function draftProfile(path: string, text: string, as: string): Promise<Draft> {
  const profile = parseProfile(text, path);
  if (profile === undefined) return { text, files: [] };
  const files = new Map<string, CompanionFile>();
  const renamed = new Map<string, string>();
  for (const { name, file } of authorityFiles(profile, path)) {
    const read = await readTextFile(file, LARGEST_NAMED, "keep").catch(() => undefined);
    if (read === undefined) continue;
    const own = freeName(fileSlug(file), files);
    files.set(own, { path: own, bytes: read.bytes });
    renamed.set(name, `${as}/${own}`);
  }
  return { text: withAuthorities(text, renamed, path), files: [...files.values()] };
}

function withAuthorities(text: string, renamed: ReadonlyMap<string, string>, path: string): string {
  return (["https", "coaps", "owner"] as const).reduce((before, part) => {
    // Each step is read again: the places of what follows have moved.
    const ca = parseProfile(before, path)?.[part]?.ca;
    const name = ca === undefined ? undefined : renamed.get(ca);
    return name === undefined ? before : setText(before, [part, "ca"], name);
  }, text);
}

/** A document that is to be imported: the name that it comes with, and what it becomes under another. */
export type ImportDraft = { readonly name: string; readonly draft: (as: string) => Promise<Draft> };

/** Names of a recipe's file, in the order in which they are looked for. */
const RECIPE_NAMES = ["recipe.yaml", "recipe.yml", "recipe.json"];

/**
 * What is to be imported from a place: a file; of recipes, their folder, or a file in it.
 * @throws StationError library.nothing, file.* where a text cannot be read
 */
export async function draftImport(kind: DocumentKind, source: string): Promise<ImportDraft> {
  const file = kind === "recipe" ? await recipeFile(source) : source;
  const text = await readDocument(file);
  const name = kind === "recipe" ? basename(dirname(file)) : basename(file, extname(file));
  return { name: slug(name, kind), draft: async (as) => draftOf(kind, file, text, as) };
}

async function recipeFile(source: string): Promise<string> {
  const folder = (await isFolder(source)) ? source : undefined;
  if (folder === undefined) return source;
  for (const name of RECIPE_NAMES) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() === true) return file;
  }
  throw new StationError("library.nothing", "the folder holds no recipe", { folder });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** A name of ours out of any text. */
export function slug(text: string, otherwise: string): string {
  const plain = text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/\.\.+/g, ".")
    .replaceAll(/^[^a-z0-9]+/g, "")
    .slice(0, 56)
    .replaceAll(/[^a-z0-9]+$/g, "");
  return plain === "" ? otherwise : plain;
}

/** A file's name made of what every system takes. */
function fileSlug(file: string): string {
  return `${slug(basename(file, extname(file)), "ca")}.pem`;
}

function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++) {
    const other = name.replace(".pem", `-${number}.pem`);
    if (!taken.has(other)) return other;
  }
}
