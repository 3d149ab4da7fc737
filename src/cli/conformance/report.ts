import { isDeepStrictEqual } from "node:util";
import { describeError, StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { isRecord, type Row } from "./row.ts";

/** A vector that our code does not agree with. */
export type Difference = { readonly name: string; readonly expected: unknown; readonly got: unknown };

/** The result of one vector file: every vector is among those that agree, differ, or are stricter on purpose. */
export type ConformanceResult = {
  readonly total: number;
  readonly agree: number;
  readonly differ: readonly Difference[];
  readonly stricter: readonly { readonly name: string; readonly reason: string }[];
};

/** One kind of vector file. */
export type ConformanceSuite = {
  readonly kind: string;
  /** Whether a parsed JSON document is of this kind; looks at its content, never at its name. */
  recognises(document: unknown): boolean;
  /**
   * Runs every vector through the real code in strict compatibility.
   * @throws StationError file.invalid when the document has no list of vectors
   */
  run(document: unknown): Promise<ConformanceResult>;
};

/** What one vector came to: undefined when it agrees. */
export type RowVerdict =
  undefined | { readonly expected: unknown; readonly got: unknown } | { readonly stricter: string };

/** A vector with its name. */
export type NamedRow = { readonly name: string; readonly row: unknown };

/** The most vectors of one file. */
export const ROWS_LIMIT = 100_000;

/** Compares every row; a row that cannot be compared differs, so that none is ever dropped. */
export async function compareRows(
  rows: readonly NamedRow[],
  compare: (row: Row) => Promise<RowVerdict> | RowVerdict,
): Promise<ConformanceResult> {
  const differ: Difference[] = [];
  const stricter: { readonly name: string; readonly reason: string }[] = [];
  for (const { name, row } of rows) {
    const verdict = await verdictOf(row, compare);
    if (verdict === undefined) continue;
    if ("stricter" in verdict) stricter.push({ name, reason: verdict.stricter });
    else differ.push({ name, expected: verdict.expected, got: verdict.got });
  }
  return { total: rows.length, agree: rows.length - differ.length - stricter.length, differ, stricter };
}

async function verdictOf(row: unknown, compare: (row: Row) => Promise<RowVerdict> | RowVerdict): Promise<RowVerdict> {
  if (!isRecord(row)) return { expected: "a vector", got: "something that is not an object" };
  try {
    return await compare(row);
  } catch (error) {
    return { expected: "a vector that can be compared", got: describeError(error) };
  }
}

/**
 * The rows of a document's list.
 * @param nameOf a row's name where it has none of its own
 * @throws StationError file.invalid when there is no such list, or it is too long
 */
export function rowsOf(
  document: unknown,
  list: string,
  nameOf: (row: Row, index: number) => string = (_row, index) => `${list}[${index}]`,
): readonly NamedRow[] {
  const rows = isRecord(document) ? document[list] : undefined;
  if (!Array.isArray(rows))
    throw new StationError("file.invalid", "the vector file has no list of vectors", { field: list });
  if (rows.length > ROWS_LIMIT)
    throw new StationError("file.invalid", "the vector file is too long", {
      field: list,
      length: quantity(rows.length, "rows"),
      limit: quantity(ROWS_LIMIT, "rows"),
    });
  return rows.map((row: unknown, index) => {
    const own = isRecord(row) ? row["name"] : undefined;
    if (typeof own === "string") return { name: own, row };
    return { name: isRecord(row) ? nameOf(row, index) : `${list}[${index}]`, row };
  });
}

/** Whether any row of a document's list has the given fields. */
export function someRowHas(document: unknown, list: string, has: (row: Row) => boolean): boolean {
  const rows = isRecord(document) ? document[list] : undefined;
  return Array.isArray(rows) && rows.slice(0, ROWS_LIMIT).some((row: unknown) => isRecord(row) && has(row));
}

/** The verdict on two values: undefined when they are the same as JSON, whatever the order of their fields. */
export function sameOrDiffer(expected: unknown, got: unknown): RowVerdict {
  return isDeepStrictEqual(asJson(expected), asJson(got)) ? undefined : { expected, got };
}

function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
