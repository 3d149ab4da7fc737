import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { canonicalJson } from "../../audit/canonical-json.ts";
import { RecipeSchema, type Recipe, type ResolvedRecipe } from "../../contract/recipe.ts";
import { problemOf, problemsError } from "./file-problem.ts";
import { loadDocument } from "./load-document.ts";
import { readMaterials, type Environment, type Materials } from "./recipe-materials.ts";

/**
 * Reads a recipe with everything it names and freezes it: equal contents give an equal text and SHA-256, whatever the order of
 * keys and the layout of the file.
 * @throws StationError file.*; every problem is listed with line, column, field and limit
 */
export async function loadRecipe(path: string, environment: Environment): Promise<ResolvedRecipe> {
  const { value, document } = await loadDocument(path, RecipeSchema);
  const { materials, problems } = await readMaterials(value, dirname(path), environment);
  if (problems.length > 0)
    throw problemsError(
      path,
      problems.map((problem) => problemOf(problem.error, problem.path, document.placeOf(problem.path))),
    );
  return resolveRecipe(value, materials);
}

/** The recipe with its materials, canonical frozen text and SHA-256; secrets appear in the text as digest and length. */
export function resolveRecipe(recipe: Recipe, materials: Materials): ResolvedRecipe {
  const files = Object.fromEntries(
    [...materials.files].map(([path, file]) => [path, { ...digestOf(file.bytes), content: file.text }]),
  );
  const digests = [...materials.files].map(([path, file]) => [path, digestOf(file.bytes)] as const);
  const secrets = [...materials.secrets].map(([name, text]) => [name, digestOf(Buffer.from(text, "utf8"))] as const);
  const frozenText = canonicalJson({
    recipe,
    files: Object.fromEntries(digests),
    secrets: Object.fromEntries(secrets),
  });
  return {
    recipe,
    files,
    secrets: Object.fromEntries(materials.secrets),
    sha256: createHash("sha256").update(frozenText, "utf8").digest("hex"),
    frozenText,
  };
}

function digestOf(bytes: Uint8Array): { readonly sha256: string; readonly length: number } {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), length: bytes.length };
}
