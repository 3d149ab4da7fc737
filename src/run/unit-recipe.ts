import type { Admission } from "../contract/order.ts";
import type { RecipeCommand, SecretSource } from "../contract/recipe-command.ts";
import { changeTexts, columnsOf } from "../contract/recipe-texts.ts";
import type { UnitValues } from "../contract/recipe-values.ts";
import type { ResolvedRecipe } from "../contract/recipe.ts";
import type { RunEventBody } from "../contract/run-event.ts";
import { redact, type Sha256 } from "../core/digest.ts";
import { StationError } from "../core/error.ts";
import { fillPlaceholders, placeholdersOf } from "../core/placeholder.ts";

/** Who the unit is, as texts of a recipe may name it without a value file: `{{uuid}}`, `{{imei}}`, `{{boardSerial}}`. */
export type UnitNames = { readonly uuid: string; readonly imei: string; readonly boardSerial?: string };

/** Names under which a unit's values stand among files and secrets; neither a path nor a variable can be spelled so. */
const FILE_PREFIX = "column:";

/**
 * The recipe as it is for one unit: its values in place of `{{column}}`, and its secrets among the files. What follows knows
 * nothing of value files.
 * @param values the unit's own row; a column wins over a name of the unit
 * @throws StationError values.not-handed-over when the core sent no row, values.unfilled when the unit lacks a value
 */
export function unitRecipe(
  resolved: ResolvedRecipe,
  unit: UnitNames,
  values: UnitValues | undefined,
  sha256: Sha256,
): ResolvedRecipe {
  const { recipe, files } = resolved;
  const { values: _known, ...plain } = recipe;
  if (recipe.values !== undefined && values === undefined)
    throw new StationError("values.not-handed-over", "the unit's row of the value file was not handed over", {
      file: recipe.values.file,
    });
  const valueOf = (name: string): string | undefined => ownValue(values, name) ?? nameOf(unit, name);
  const filled = changeTexts(plain, (text) => {
    const missing = placeholdersOf(text).find((name) => valueOf(name) === undefined);
    if (missing !== undefined) throw valueMissing(missing);
    return fillPlaceholders(text, valueOf);
  });
  const contents = columnsOf(recipe).map(({ column }) => {
    const content = ownValue(values, column);
    if (content === undefined) throw valueMissing(column);
    return [`${FILE_PREFIX}${column}`, { ...redact(content, sha256), content }] as const;
  });
  return {
    ...resolved,
    recipe: {
      ...filled,
      commands: filled.commands.map(withFiles),
      ...(filled.expect === undefined ? {} : { expect: filled.expect.map(withFiles) }),
    },
    files: { ...files, ...Object.fromEntries(contents) },
  };
}

/**
 * An order as it is for one unit, and what the record says of the unit's row: which one it is, never what it holds.
 * @param admission the core's answer, which brings the row
 * @throws StationError as {@link unitRecipe}
 */
export function orderForUnit<T extends { readonly recipe: ResolvedRecipe }>(
  order: T,
  unit: UnitNames,
  admission: Admission,
  sha256: Sha256,
): { readonly order: T; readonly notes: readonly RunEventBody[] } {
  const values = admission.kind === "admitted" ? admission.values : undefined;
  const { recipe: resolved } = order;
  const forUnit = { ...order, recipe: unitRecipe(resolved, unit, values, sha256) };
  if (values === undefined || resolved.values === undefined) return { order: forUnit, notes: [] };
  const { column } = resolved.values;
  const facts = { file: resolved.recipe.values?.file ?? "", column, row: ownValue(values, column) ?? "" };
  return {
    order: forUnit,
    notes: [{ type: "note", level: "info", text: "the unit has its row of the value file", facts }],
  };
}

function valueMissing(name: string): StationError {
  return new StationError("values.unfilled", "the unit has no value for a placeholder of the recipe", { name });
}

function ownValue(values: UnitValues | undefined, name: string): string | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

function nameOf(unit: UnitNames, name: string): string | undefined {
  switch (name) {
    case "uuid":
      return unit.uuid;
    case "imei":
      return unit.imei;
    case "boardSerial":
      return unit.boardSerial;
  }
  return undefined;
}

function withFiles(command: RecipeCommand): RecipeCommand {
  switch (command.kind) {
    case "clientCertificate": {
      const { options } = command;
      return "column" in options
        ? { ...command, options: { secTag: options.secTag, file: `${FILE_PREFIX}${options.column}` } }
        : command;
    }
    case "preSharedKey":
      return { ...command, options: { ...command.options, key: fromFile(command.options.key) } };
    case "clientPrivateKey": {
      const { key, password } = command.options;
      const opened = password === undefined ? {} : { password: fromFile(password) };
      return { ...command, options: { ...command.options, key: fromFile(key), ...opened } };
    }
    case "certificateSigningRequest":
    case "cloudAccessKeyGeneration":
    case "clientPrivateKeyGeneration":
    case "endorsementKeyGeneration":
    case "serverCertificate":
    case "atCommand":
    case "config":
    case "finished":
      return command;
  }
}

function fromFile(source: SecretSource): SecretSource {
  return "column" in source ? { file: `${FILE_PREFIX}${source.column}` } : source;
}
