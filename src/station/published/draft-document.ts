import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import { refuseSecrets } from "../../audit/secret-guard.ts";
import { MAIN_FILE, type PublishedKind } from "../../contract/line-publication.ts";
import type { RecipeCommand } from "../../contract/recipe-command.ts";
import { RecipeSchema, type Recipe } from "../../contract/recipe.ts";
import { redactAtCommand } from "../../core/at-redaction.ts";
import { StationError } from "../../core/error.ts";
import { placeBeside, readBeside } from "../files/beside.ts";
import { parseYaml } from "../files/document.ts";
import { FileProblemsError } from "../files/file-problem.ts";
import { checkFixture } from "../files/fixture-file.ts";
import { checkDocument, readDocument } from "../files/load-document.ts";
import { checkRecipe } from "../files/recipe-file.ts";
import { holdsOnlyCertificates } from "../files/pem.ts";
import { namedFiles, type Environment } from "../files/recipe-materials.ts";
import { readBytes } from "../files/text-file.ts";
import { LARGEST_VALUES } from "../files/value-file.ts";

/** A file of a document that is to be published. */
type DraftedFile = { readonly path: string; readonly bytes: Uint8Array; readonly carried: boolean };

/** A document of this computer as it would be published; what `line/documents/publish.ts` signs. */
export type DraftedDocument = {
  readonly kind: PublishedKind;
  readonly name: string;
  readonly revision: string;
  readonly files: readonly DraftedFile[];
  readonly ownValues?: true;
};

/** What an engineer says besides the document. */
export type DraftOptions = {
  readonly environment: Environment;
  /** Of a fixture, which has none of its own; default 1. */
  readonly revision?: string;
  /** The value file of a recipe is each station's own affair, and not covered. */
  readonly ownValues?: boolean;
};

/**
 * Reads a recipe or fixture with everything that it names, checks it as a run would, and divides its files: certificates go with
 * it; keys, passwords and units' values stay where they are, and only their digests are signed.
 * @throws StationError file.* for its problems; line.document-secret, line.document-invalid
 */
export async function draftDocument(path: string, options: DraftOptions): Promise<DraftedDocument> {
  const text = await readDocument(path);
  return kindOf(text, path) === "recipe" ? draftRecipe(path, text, options) : draftFixture(path, text, options);
}

/** By the field that every document begins with. @throws StationError file.* */
function kindOf(text: string, path: string): PublishedKind {
  const { value } = parseYaml(text, path);
  const has = (field: string): boolean => typeof value === "object" && value !== null && Object.hasOwn(value, field);
  if (has("recipe")) return "recipe";
  if (has("fixture")) return "fixture";
  throw new StationError("line.document-invalid", "the file is neither a recipe nor a fixture", { file: path });
}

function draftFixture(path: string, text: string, { revision = "1" }: DraftOptions): DraftedDocument {
  const { name } = checkFixture(text, path);
  return { kind: "fixture", name, revision, files: [mainFile("fixture", text)] };
}

async function draftRecipe(path: string, text: string, options: DraftOptions): Promise<DraftedDocument> {
  const recipe = await checkedRecipe(path, text, options);
  refuseInside(recipe, text, path);
  const ownValues = options.ownValues === true && recipe.values !== undefined;
  if (options.ownValues === true && !ownValues)
    throw new StationError("line.document-invalid", "the recipe has no value file", { file: path });
  const secret = secretFiles(recipe);
  const files: DraftedFile[] = [mainFile("recipe", text)];
  for (const name of namedFiles(recipe)) {
    if (name === recipe.values?.file) {
      if (!ownValues) files.push({ path: name, bytes: await valueBytes(path, name), carried: false });
      continue;
    }
    const { bytes, text: content } = await readBeside(dirname(path), name);
    // Everybody on the line can read what is carried: a note beside a certificate may be anything.
    files.push({ path: name, bytes, carried: !secret.has(name) && holdsOnlyCertificates(content) });
  }
  return {
    ...{ kind: "recipe", name: recipe.product, revision: recipe.revision, files },
    ...(ownValues ? { ownValues: true } : {}),
  };
}

/** As a run would check it; variables that only stations have set are left to them. */
async function checkedRecipe(path: string, text: string, { environment }: DraftOptions): Promise<Recipe> {
  try {
    return (await checkRecipe(text, path, environment)).recipe.recipe;
  } catch (error) {
    const problems = error instanceof FileProblemsError ? error.problems : [];
    if (problems.length === 0 || problems.some(({ code }) => code !== "file.secret-missing")) throw error;
    return checkDocument(text, path, RecipeSchema).value;
  }
}

async function valueBytes(path: string, name: string): Promise<Uint8Array> {
  return readBytes(await placeBeside(dirname(path), name), LARGEST_VALUES);
}

function mainFile(kind: PublishedKind, text: string): DraftedFile {
  return { path: MAIN_FILE[kind], bytes: Buffer.from(text, "utf8"), carried: true };
}

/** What everybody on the line could read must not stand in the recipe's own text. */
function refuseInside({ commands, expect }: Recipe, text: string, path: string): void {
  const file = basename(path);
  try {
    refuseSecrets(text, {});
  } catch (error) {
    const found = error instanceof StationError ? (error.facts["found"] ?? "") : "";
    throw new StationError("line.document-secret", "the recipe holds a secret", { file, found });
  }
  const shown = [...commands, ...(expect ?? [])].find(holdsSecret);
  if (shown?.kind === "atCommand")
    throw new StationError("line.document-secret", "an AT command of the recipe holds a secret", {
      ...{ file, command: shown.options.command },
    });
}

function holdsSecret(command: RecipeCommand): boolean {
  if (command.kind !== "atCommand") return false;
  const text = `AT${command.options.command}=${command.options.parameters}`;
  return redactAtCommand(text, (bytes) => createHash("sha256").update(bytes).digest("hex")) !== text;
}

/** The files with keys and passwords. */
function secretFiles({ commands, expect }: Recipe): ReadonlySet<string> {
  const sources = [...commands, ...(expect ?? [])].flatMap((command) => {
    if (command.kind === "preSharedKey") return [command.options.key];
    if (command.kind !== "clientPrivateKey") return [];
    const { key, password } = command.options;
    return password === undefined ? [key] : [key, password];
  });
  return new Set(sources.flatMap((source) => ("file" in source ? [source.file] : [])));
}
