import { createHash } from "node:crypto";
import { canonicalJson } from "../../audit/canonical-json.ts";
import { FixtureSchema, type Fixture } from "../../contract/fixture.ts";
import { MAIN_FILE, type Publication } from "../../contract/line-publication.ts";
import { RecipeSchema } from "../../contract/recipe.ts";
import type { LoadedRecipe } from "../files/recipe-file.ts";
import { checkDocument } from "../files/load-document.ts";

/**
 * Whether a signature covers what a run would do: the recipe is what the signed text says, and every file that it was loaded with
 * is one that was signed, byte for byte. Secrets from the environment are the station's own affair.
 * @param text the signed text of the recipe
 */
export function coversRecipe(publication: Publication, text: string, { recipe, values }: LoadedRecipe): boolean {
  const signed = new Map(publication.files.map((file) => [file.path, file]));
  if (!isSame(() => checkDocument(text, MAIN_FILE.recipe, RecipeSchema).value, recipe.recipe)) return false;
  const files = Object.entries(recipe.files);
  if (!files.every(([path, { content }]) => signed.get(path)?.sha256 === sha256Hex(content))) return false;
  const file = recipe.recipe.values?.file;
  if (file === undefined) return values === undefined && recipe.values === undefined;
  if (publication.ownValues === true) return true;
  const digests = [recipe.values?.sha256, values?.file.sha256];
  return digests.every((sha256) => sha256 !== undefined && sha256 === signed.get(file)?.sha256);
}

/** Whether a signed text says what this fixture is. */
export function coversFixture(text: string, fixture: Fixture): boolean {
  return isSame(() => checkDocument(text, MAIN_FILE.fixture, FixtureSchema).value, fixture);
}

/** A text that this station cannot read covers nothing. */
function isSame(signed: () => unknown, used: unknown): boolean {
  try {
    return canonicalJson(signed()) === canonicalJson(used);
  } catch {
    return false;
  }
}

function sha256Hex(content: string): string {
  return createHash("sha256").update(content, "utf8").digest("hex");
}
