import { dirname, resolve } from "node:path";
import type { DocumentKind, DocumentProblem, OpenedDocument } from "../../contract/desktop-library.ts";
import { ProfileSchema, type Profile } from "../../contract/profile.ts";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { checkFixture } from "../files/fixture-file.ts";
import { checkDocument, LARGEST_DOCUMENT } from "../files/load-document.ts";
import { checkProfile } from "../files/profile-file.ts";
import { checkRecipe } from "../files/recipe-file.ts";
import type { Environment } from "../files/recipe-materials.ts";
import type { ValueTable } from "../files/value-table.ts";
import { documentProblems } from "./library-problem.ts";

/** A document as its kind's form has it. */
export type ParsedText = NonNullable<OpenedDocument["parsed"]>;

/** What a text is worth: its content, or its problems and the error that a loader would throw. */
export type CheckedText =
  | { readonly ok: true; readonly parsed: ParsedText; readonly sha256?: string; readonly values?: ValueTable }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[]; readonly error: unknown };

/** Where a text stands or would stand: what it names is looked for from there. */
export type TextPlace = { readonly kind: DocumentKind; readonly path: string };

/** Checks a text as the line would load it. @throws StationError of any code but file.* */
export async function checkText(
  { kind, path }: TextPlace,
  text: string,
  environment: Environment,
): Promise<CheckedText> {
  try {
    refuseLarge(text, path);
    return { ok: true, ...(await parse(kind, path, text, environment)) };
  } catch (error) {
    return { ok: false, problems: documentProblems(error), error };
  }
}

/** The content of a document that the station is born with: the files that it names are made when it is used. */
export function parseBorn(kind: DocumentKind, text: string, path: string): CheckedText {
  try {
    if (kind === "fixture") return { ok: true, parsed: { kind, fixture: checkFixture(text, path) } };
    if (kind === "profile")
      return { ok: true, parsed: { kind, profile: checkDocument(text, path, ProfileSchema).value } };
    throw new StationError("station.internal", "recipes are files", { kind });
  } catch (error) {
    return { ok: false, problems: documentProblems(error), error };
  }
}

/** A profile's form alone, whatever becomes of the files that it names; undefined where it has none. */
export function parseProfile(text: string, path: string): Profile | undefined {
  try {
    return checkDocument(text, path, ProfileSchema).value;
  } catch {
    return undefined;
  }
}

/** The CA files that a profile names, with where they lie. */
export function authorityFiles(
  profile: Profile,
  path: string,
): readonly { readonly name: string; readonly file: string }[] {
  const named = [profile.https?.ca, profile.coaps?.ca, profile.owner?.ca].filter((name) => name !== undefined);
  return [...new Set(named)].map((name) => ({ name, file: resolve(dirname(path), name) }));
}

async function parse(
  kind: DocumentKind,
  path: string,
  text: string,
  environment: Environment,
): Promise<{ readonly parsed: ParsedText; readonly sha256?: string; readonly values?: ValueTable }> {
  switch (kind) {
    case "recipe": {
      const { recipe: resolved, values } = await checkRecipe(text, path, environment);
      const parsed: ParsedText = { kind, recipe: resolved.recipe };
      return { parsed, sha256: resolved.sha256, ...(values === undefined ? {} : { values }) };
    }
    case "fixture":
      return { parsed: { kind, fixture: checkFixture(text, path) } };
    case "profile": {
      await checkProfile(text, path);
      return { parsed: { kind, profile: checkDocument(text, path, ProfileSchema).value } };
    }
  }
}

function refuseLarge(text: string, file: string): void {
  if (Buffer.byteLength(text, "utf8") <= LARGEST_DOCUMENT) return;
  const limit = quantity(LARGEST_DOCUMENT, "bytes");
  throw new StationError("file.too-large", "the text is too long", { file, limit });
}
