import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { ProfileSchema } from "../../contract/profile.ts";
import { signingOrders } from "../../contract/recipe-signing.ts";
import type { Recipe } from "../../contract/recipe.ts";
import type { Sha256 } from "../../core/digest.ts";
import { StationError } from "../../core/error.ts";
import { loadDocument } from "../../station/files/load-document.ts";
import { openRecipe } from "../../station/files/recipe-file.ts";
import type { ValueRow, ValueTable } from "../../station/files/value-table.ts";
import { loadProfile } from "../../station/files/profile-file.ts";
import { previewRecipe } from "../recipe-preview.ts";
import { EXIT, type Arguments, type CliCommand } from "../command.ts";
import { previewText } from "../output/preview-text.ts";

const sha256: Sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** `station recipe check FILE`: whether a recipe can be used, and what it would send. */
export const recipeCommand: CliCommand = {
  name: "recipe",
  summary: "checks a recipe with everything it names, and prints what it would send",
  positionals: "check FILE",
  minPositionals: 2,
  maxPositionals: 2,
  options: {
    profile: { kind: "value", value: "FILE", help: "checks too that this service can do what the recipe asks for" },
    "values-for": { kind: "value", value: "KEY", help: "fills in the value file's row with this serial or IMEI" },
    json: { kind: "flag", help: "prints the recipe as it would be sent, as one JSON object" },
  },
  async run(args, context) {
    const [act = "", file = ""] = args.positionals;
    if (act !== "check")
      throw new StationError("usage.option", "recipe must be followed by check", { given: act.slice(0, 40) });
    const recipe = await openRecipe(resolve(file), context.environment);
    const preview = previewRecipe(recipe, chosenRow(args, recipe.values), sha256);
    await checkProfile(args, recipe.recipe.recipe);
    context.out(args.flag("json") ? `${JSON.stringify(preview)}\n` : previewText(preview));
    return EXIT.passed;
  },
};

/** @throws StationError usage.option, values.no-row */
function chosenRow(args: Arguments, table: ValueTable | undefined): ValueRow | undefined {
  const key = args.value("values-for");
  if (key === undefined) return undefined;
  if (table === undefined)
    throw new StationError("usage.option", "--values-for needs a recipe with values", { given: key.slice(0, 64) });
  const row = table.rowOf(key);
  if (row !== undefined) return row;
  const facts = { row: key.slice(0, 64), file: table.source };
  throw new StationError("values.no-row", "the value file has no row with this key", facts);
}

/** @throws StationError file.*; usage.option where the profile cannot do what the recipe asks for */
async function checkProfile(args: Arguments, recipe: Recipe): Promise<void> {
  const file = args.value("profile");
  if (file === undefined) return;
  await loadProfile(resolve(file));
  const profile = (await loadDocument(resolve(file), ProfileSchema)).value;
  if (recipe.claim.by === "station" && profile.owner === undefined)
    throw new StationError("usage.option", "the recipe claims units, but the profile names no owner API", { file });
  const known = (profile.authorities ?? []).map(({ name }) => name);
  for (const { authority } of signingOrders(recipe))
    if (!known.includes(authority))
      throw new StationError("usage.option", "the profile names no such CA", { file, authority });
}
