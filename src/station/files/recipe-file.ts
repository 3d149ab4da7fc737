import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { canonicalJson } from "../../audit/canonical-json.ts";
import { refuseSecrets } from "../../audit/secret-guard.ts";
import type { RecipeCommand } from "../../contract/recipe-command.ts";
import type { ValueFile } from "../../contract/recipe-values.ts";
import { RecipeSchema, type Recipe, type ResolvedRecipe } from "../../contract/recipe.ts";
import { redactAtCommand } from "../../core/at-redaction.ts";
import { StationError } from "../../core/error.ts";
import { problemOf, problemsError } from "./file-problem.ts";
import { checkDocument, readDocument } from "./load-document.ts";
import { readMaterials, type Environment, type Materials } from "./recipe-materials.ts";
import { readValues } from "./value-file.ts";
import type { ValueTable } from "./value-table.ts";

/** A recipe with everything it names. The values of units stay in the core: a worker gets one row of them. */
export type LoadedRecipe = { readonly recipe: ResolvedRecipe; readonly values?: ValueTable };

/**
 * Reads a recipe with everything it names and freezes it: equal contents give an equal text and SHA-256, whatever the order of
 * keys and the layout of the file.
 * @throws StationError file.*; every problem is listed with line, column, field and limit
 */
export async function openRecipe(path: string, environment: Environment): Promise<LoadedRecipe> {
  return checkRecipe(await readDocument(path), path, environment);
}

/** As {@link openRecipe}, for recipes that have no values of units. */
export async function loadRecipe(path: string, environment: Environment): Promise<ResolvedRecipe> {
  return (await openRecipe(path, environment)).recipe;
}

/** As {@link openRecipe}, for a text that was read already; what it names is looked for beside `path`. */
export async function checkRecipe(text: string, path: string, environment: Environment): Promise<LoadedRecipe> {
  const { value, document } = checkDocument(text, path, RecipeSchema);
  const read = await readMaterials(value, dirname(path), environment);
  const { table, problems } = await readValues(value, dirname(path), read.materials);
  const all = [...read.problems, ...problems];
  if (all.length > 0)
    throw problemsError(
      path,
      all.map((problem) => problemOf(problem.error, problem.path, document.placeOf(problem.path))),
    );
  const recipe = resolveRecipe(value, read.materials, table?.file);
  refuseRecordedSecrets(recipe.frozenText, path);
  return table === undefined ? { recipe } : { recipe, values: table };
}

/** The frozen text goes into the record as it is: what nobody may read there must not stand in the recipe itself. */
function refuseRecordedSecrets(frozenText: string, file: string): void {
  try {
    refuseSecrets(frozenText, {});
  } catch (error) {
    const found = error instanceof StationError ? (error.facts["found"] ?? "") : "";
    throw new StationError("file.secret-inside", "the recipe holds a secret", { file, found });
  }
}

/**
 * The recipe with its materials, canonical frozen text and SHA-256; secrets and the value file appear in the text as digest and
 * length.
 */
export function resolveRecipe(recipe: Recipe, materials: Materials, values?: ValueFile): ResolvedRecipe {
  const files = Object.fromEntries(
    [...materials.files].map(([path, file]) => [path, { ...digestOf(file.bytes), content: file.text }]),
  );
  const digests = [...materials.files].map(([path, file]) => [path, digestOf(file.bytes)] as const);
  const secrets = [...materials.secrets].map(([name, text]) => [name, digestOf(Buffer.from(text, "utf8"))] as const);
  const frozenText = canonicalJson({
    recipe: {
      ...recipe,
      commands: recipe.commands.map(recorded),
      ...(recipe.expect === undefined ? {} : { expect: recipe.expect.map(recorded) }),
    },
    files: Object.fromEntries(digests),
    secrets: Object.fromEntries(secrets),
    ...(values === undefined ? {} : { values }),
  });
  return {
    recipe,
    files,
    secrets: Object.fromEntries(materials.secrets),
    ...(values === undefined ? {} : { values }),
    sha256: sha256Hex(Buffer.from(frozenText, "utf8")),
    frozenText,
  };
}

/** The command as records show it: what looks like a secret among the parameters of an AT command becomes a digest. */
function recorded(command: RecipeCommand): RecipeCommand {
  if (command.kind !== "atCommand") return command;
  const head = `AT${command.options.command}=`;
  const shown = redactAtCommand(`${head}${command.options.parameters}`, sha256Hex);
  return { ...command, options: { ...command.options, parameters: shown.replace(head, "") } };
}

function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function digestOf(bytes: Uint8Array): { readonly sha256: string; readonly length: number } {
  return { sha256: sha256Hex(bytes), length: bytes.length };
}
