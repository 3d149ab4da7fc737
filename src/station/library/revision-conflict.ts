import type { DocumentProblem } from "../../contract/desktop-library.ts";
import { recipeName, type Recipe } from "../../contract/recipe.ts";
import { StationError } from "../../core/error.ts";
import { checkDocument } from "../files/load-document.ts";
import { RecipeSchema } from "../../contract/recipe.ts";
import type { CheckedText } from "./check-document.ts";

/** SHA-256 of every content that runs were recorded with under a recipe's name (`product revision`). */
export type RecordedContents = (name: string) => Promise<readonly string[]>;

/**
 * The audit record names recipes by product and revision: a text that calls itself by a name that units were run with, and holds
 * something else, would make two recipes of one name. The record itself is asked, so that it holds for recipes that were copied,
 * imported, or changed outside of the station too.
 */
export async function withRevisionChecked(
  checked: CheckedText,
  text: string,
  path: string,
  recorded: RecordedContents,
): Promise<CheckedText> {
  if (!checked.ok || checked.parsed.kind !== "recipe" || checked.sha256 === undefined) return checked;
  const { recipe } = checked.parsed;
  const contents = await recorded(recipeName(recipe));
  if (contents.length === 0 || contents.includes(checked.sha256)) return checked;
  return { ok: false, problems: [conflictAt(text, path, recipe)], error: conflictError(recipe) };
}

function conflictAt(text: string, path: string, { revision }: Recipe): DocumentProblem {
  const { line, column } = checkDocument(text, path, RecipeSchema).document.placeOf(["revision"]);
  const what = `must be a new one: units were run with revision ${revision} as it was before`;
  return { field: "revision", line, column, what };
}

function conflictError({ product, revision }: Recipe): StationError {
  const what = "units were run with this revision and another content";
  return new StationError("library.revision-used", what, { product, revision });
}
