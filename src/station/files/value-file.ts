import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { SecretSource } from "../../contract/recipe-command.ts";
import { columnsOf, textsOf, type RecipePath } from "../../contract/recipe-texts.ts";
import type { Values } from "../../contract/recipe-values.ts";
import type { Recipe } from "../../contract/recipe.ts";
import { asStationError, StationError } from "../../core/error.ts";
import { placeholdersOf } from "../../core/placeholder.ts";
import { placeBeside } from "./beside.ts";
import type { MaterialProblem, Materials } from "./recipe-materials.ts";
import { readBytes } from "./text-file.ts";
import { columnCheck, textCheck, type CheckRow, type PasswordOf } from "./value-checks.ts";
import { MOST_PROBLEMS, parseValueCells, ROWS_AT_ONCE, type ValueCells, type ValueProblem } from "./value-csv.ts";
import { keyCheck } from "./value-keys.ts";
import { valueSource, ValueTable } from "./value-table.ts";

/** The largest value file, in bytes. */
export const LARGEST_VALUES = 16_777_216;
/** What every unit has without a value file. */
const NAMES_OF_UNITS: readonly string[] = ["uuid", "imei", "boardSerial"];
/** The most problems of a value file that are told at its place in the recipe. */
const MOST_TOLD = 20;

/** The units' values of a recipe, or what is wrong with them; neither where it has none and needs none. */
export type ReadValues = { readonly table?: ValueTable; readonly problems: readonly MaterialProblem[] };

/**
 * Reads the value file that a recipe names and checks every row against the commands that use it. Never throws for what a
 * person wrote: every problem has its place in the recipe, those of rows the value file's line and column in their words.
 */
export async function readValues(recipe: Recipe, folder: string, materials: Materials): Promise<ReadValues> {
  const { values } = recipe;
  if (values === undefined) return { problems: strayNames(recipe, []) };
  try {
    const path = await placeBeside(folder, values.file);
    const bytes = await readBytes(path, LARGEST_VALUES);
    const parsed = await parseValueCells(bytes);
    if (!parsed.ok) return { problems: toldAt(values, parsed.problems) };
    const { cells } = parsed;
    const { columns, rows } = cells;
    const shape = [...fieldProblems(recipe, values, columns), ...strayNames(recipe, columns)];
    if (shape.length > 0) return { problems: shape };
    const problems = [...unusedColumns(recipe, values, columns), ...(await rowProblems(recipe, cells, materials))];
    if (problems.length > 0) return { problems: toldAt(values, problems) };
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const file = {
      sha256,
      length: bytes.length,
      rows: rows.length,
      columns: [...columns],
      column: keyOf(values, columns),
    };
    const source = valueSource(recipe.product, values.file);
    const table = new ValueTable({
      ...{ source, key: values.key, file, ignore: values.ignore },
      rows: rows.map((row) => row.cells),
    });
    return { table, problems: [] };
  } catch (error) {
    return { problems: [{ path: ["values", "file"], error: asStationError(error) }] };
  }
}

/** The column that tells the rows apart. */
export function keyOf({ key, column }: Values, columns: readonly string[]): string {
  return column ?? (key === "next" ? (columns[0] ?? "") : key);
}

function problem(path: RecipePath, what: string): MaterialProblem {
  return { path, error: new StationError("file.values", what) };
}

/** What stands in place of a column's name where a file has no line of names and begins with a unit's values. */
const LIKE_A_KEY = /(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{16,}/;

/** Problems of a value file, told at its name in the recipe. */
function toldAt(values: Values, problems: readonly ValueProblem[]): readonly MaterialProblem[] {
  return problems.slice(0, MOST_TOLD).map(({ line, column, name, what }) => {
    const cell = column === undefined ? "" : `, column ${column}`;
    const named = name === undefined || LIKE_A_KEY.test(name) ? "" : ` (${name})`;
    return problem(["values", "file"], `${values.file}, line ${line}${cell}${named}: ${what}`);
  });
}

/** Columns that the recipe names and the file does not have; secrets where records would show them. */
function fieldProblems(recipe: Recipe, values: Values, columns: readonly string[]): readonly MaterialProblem[] {
  const unknown = (name: string, path: RecipePath): readonly MaterialProblem[] =>
    columns.includes(name) ? [] : [problem(path, `names column ${name}, which ${values.file} does not have`)];
  const key = keyOf(values, columns);
  return [
    ...unknown(key, values.column === undefined ? ["values", "key"] : ["values", "column"]),
    ...(values.secret.includes(key) ? [problem(["values", "secret"], `must not hold the key column ${key}`)] : []),
    ...(values.ignore.includes(key) ? [problem(["values", "ignore"], `must not hold the key column ${key}`)] : []),
    ...values.secret.flatMap((name, index) => unknown(name, ["values", "secret", index])),
    ...values.ignore.flatMap((name, index) => unknown(name, ["values", "ignore", index])),
    ...columnsOf(recipe).flatMap(({ use, column, path }) => {
      if (!columns.includes(column)) return unknown(column, path);
      return use === "certificate" || values.secret.includes(column)
        ? []
        : [problem(path, `takes column ${column}, which values.secret must list`)];
    }),
    ...textsOf(recipe).flatMap(({ text, path }) =>
      placeholdersOf(text)
        .filter((name) => values.secret.includes(name))
        .map((name) => problem(path, `takes the secret column ${name}, which records would show`)),
    ),
  ];
}

/** Placeholders that nothing fills. */
function strayNames(recipe: Recipe, columns: readonly string[]): readonly MaterialProblem[] {
  const known = [...columns, ...NAMES_OF_UNITS];
  const what = (name: string): string =>
    recipe.values === undefined
      ? `takes ${name}: that needs values (a CSV file with one row a unit)`
      : `takes {{${name}}}, which ${recipe.values.file} does not have as a column`;
  const inTexts = textsOf(recipe).flatMap(({ text, path }) =>
    placeholdersOf(text)
      .filter((name) => !known.includes(name))
      .map((name) => problem(path, what(name))),
  );
  const whole = recipe.values === undefined ? columnsOf(recipe) : [];
  return [...inTexts, ...whole.map(({ column, path }) => problem(path, what(column)))];
}

function unusedColumns(recipe: Recipe, values: Values, columns: readonly string[]): readonly ValueProblem[] {
  const used = new Set([
    ...[keyOf(values, columns)],
    ...values.ignore,
    ...columnsOf(recipe).map(({ column }) => column),
    ...textsOf(recipe).flatMap(({ text }) => placeholdersOf(text)),
  ]);
  return columns.flatMap((name, index) =>
    used.has(name)
      ? []
      : [{ line: 1, column: index + 1, name, what: "is used nowhere in the recipe; list it in values.ignore" }],
  );
}

async function rowProblems(
  recipe: Recipe,
  { columns, rows }: ValueCells,
  materials: Materials,
): Promise<readonly ValueProblem[]> {
  const { values } = recipe;
  if (values === undefined) return [];
  const places = new Map(columns.map((name, index) => [name, index]));
  const checks = [...checksOf(recipe, columns, materials), emptyCheck(columns, values.ignore)];
  const key = keyCheck(recipe, keyOf(values, columns));
  const problems: ValueProblem[] = [];
  for (const [index, { line, cells }] of rows.entries()) {
    const valueOf = (name: string): string => cells[places.get(name) ?? -1] ?? "";
    for (const { column, what } of [...key(valueOf, line), ...checks.flatMap((check) => check(valueOf))])
      problems.push({ line, column: (places.get(column) ?? 0) + 1, name: column, what });
    if (problems.length >= MOST_PROBLEMS) break;
    if (index % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await setImmediate();
  }
  return problems;
}

function checksOf(recipe: Recipe, columns: readonly string[], materials: Materials): readonly CheckRow[] {
  const texts = textsOf(recipe).flatMap(({ text, use }) => {
    const taken = placeholdersOf(text).filter((name) => columns.includes(name));
    return taken.length === 0 ? [] : [textCheck(text, use, taken)];
  });
  const whole = columnsOf(recipe).map((use) => columnCheck(use, passwordFor(recipe, use.path, materials)));
  return [...texts, ...whole];
}

function emptyCheck(columns: readonly string[], ignore: readonly string[]): CheckRow {
  const needed = columns.filter((name) => !ignore.includes(name));
  return (values) =>
    needed.filter((name) => values(name) === "").map((column) => ({ column, what: "must not be empty" }));
}

/** How the password of the private key at `path` is found for a row. */
function passwordFor({ commands, expect }: Recipe, path: RecipePath, materials: Materials): PasswordOf {
  const [list, index] = path;
  const command = (list === "commands" ? commands : (expect ?? []))[Number(index)];
  const source = command?.kind === "clientPrivateKey" ? command.options.password : undefined;
  if (source === undefined) return () => undefined;
  return (values) => ("column" in source ? values(source.column) : sharedText(source, materials));
}

function sharedText(
  source: Exclude<SecretSource, { readonly column: string }>,
  { files, secrets }: Materials,
): string | undefined {
  const text = "file" in source ? files.get(source.file)?.text : secrets.get(source.env);
  return text?.replace(/[\r\n]+$/, "");
}
