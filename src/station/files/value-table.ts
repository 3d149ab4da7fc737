import { createHash } from "node:crypto";
import { canonicalJson } from "../../audit/canonical-json.ts";
import type { UnitValues, ValueFile, Values } from "../../contract/recipe-values.ts";

/** One row of a value file as a unit gets it. */
export type ValueRow = {
  /** What tells it from the others. */
  readonly key: string;
  /** Over the used columns and their values, secret ones included. */
  readonly sha256: string;
  readonly values: UnitValues;
};

/** What a table is made of. */
export type ValueTableParts = {
  /** Names the file in the record: its rows are used once for all revisions of a product. */
  readonly source: string;
  readonly key: Values["key"];
  readonly file: ValueFile;
  /** Columns that stay in the core. */
  readonly ignore: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** The rows of a recipe's value file, in the core's memory only. */
export class ValueTable {
  readonly source: string;
  readonly key: Values["key"];
  readonly file: ValueFile;
  readonly #rows: readonly (readonly string[])[];
  readonly #kept: readonly (readonly [string, number])[];
  readonly #keyColumn: number;
  readonly #byKey: ReadonlyMap<string, number>;

  constructor({ source, key, file, ignore, rows }: ValueTableParts) {
    this.source = source;
    this.key = key;
    this.file = file;
    this.#rows = rows;
    this.#keyColumn = file.columns.indexOf(file.column);
    this.#kept = file.columns.flatMap((name, index) => (ignore.includes(name) ? [] : [[name, index] as const]));
    this.#byKey = new Map(rows.map((cells, index) => [cells[this.#keyColumn] ?? "", index]));
  }

  get size(): number {
    return this.#rows.length;
  }

  /** The row with this key. */
  rowOf(key: string): ValueRow | undefined {
    const index = this.#byKey.get(key);
    return index === undefined ? undefined : this.#row(index);
  }

  /** The first row from `from` on (counted from 0) whose key is free, and where the next search may begin. */
  nextRow(
    from: number,
    isFree: (key: string) => boolean,
  ): { readonly row: ValueRow; readonly index: number } | undefined {
    for (let index = from; index < this.#rows.length; index++)
      if (isFree(this.#rows[index]?.[this.#keyColumn] ?? "")) return { row: this.#row(index), index };
    return undefined;
  }

  /** How many of these keys are rows of the table. */
  countOf(keys: Iterable<string>): number {
    let count = 0;
    for (const key of keys) if (this.#byKey.has(key)) count += 1;
    return count;
  }

  #row(index: number): ValueRow {
    const cells = this.#rows[index] ?? [];
    const values = Object.fromEntries(this.#kept.map(([name, at]) => [name, cells[at] ?? ""]));
    const sha256 = createHash("sha256").update(canonicalJson(values)).digest("hex");
    return { key: cells[this.#keyColumn] ?? "", sha256, values };
  }
}

/** The name of a value file in the record; no path holds a colon. */
export function valueSource(product: string, file: string): string {
  return `${product}:${file}`;
}
