import { CsvError, parse } from "csv-parse";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { ROWS_LIMIT, CELL_LIMIT, COLUMNS_LIMIT, ColumnSchema } from "../../contract/recipe-values.ts";

/** Something that is wrong in a value file. */
export type ValueProblem = {
  /** From 1. */
  readonly line: number;
  /** The cell's number in its line, from 1; absent for the line as a whole. */
  readonly column?: number;
  /** The column's name, where it is known. */
  readonly name?: string;
  readonly what: string;
};

/** The cells of a value file; each row with the line that it begins in. */
export type ValueCells = {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
};

type Parsed =
  | { readonly ok: true; readonly cells: ValueCells }
  | { readonly ok: false; readonly problems: readonly ValueProblem[] };

/** Problems that are looked for before the rest is left alone. */
export const MOST_PROBLEMS = 100;
const LONGEST_RECORD = COLUMNS_LIMIT * CELL_LIMIT;
const CHUNK = 65_536;
/** Rows that are handled before others have their turn. */
export const ROWS_AT_ONCE = 1000;

/**
 * Reads a value file: UTF-8, RFC 4180, its first line the columns' names; commas, or semicolons or tabs where the first line has
 * these. Long files are read in pieces, so that nothing else waits for them.
 */
export async function parseValueCells(bytes: Uint8Array): Promise<Parsed> {
  const bad = badUtf8(bytes);
  if (bad !== undefined) return { ok: false, problems: [bad] };
  const parser = parse({
    ...{ bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, info: true },
    ...{ delimiter: delimiterOf(bytes), max_record_size: LONGEST_RECORD },
  });
  const problems: ValueProblem[] = [];
  const rows: { readonly line: number; readonly cells: readonly string[] }[] = [];
  let columns: readonly string[] | undefined;
  try {
    for await (const { record, info } of records(Readable.from(chunks(bytes)).pipe(parser))) {
      const line = info.lines - lineEndsIn(record);
      if (columns === undefined) {
        columns = record;
        problems.push(...headProblems(record, line));
      } else if (rows.length >= ROWS_LIMIT) {
        problems.push({ line, what: `must hold at most ${ROWS_LIMIT} rows` });
      } else {
        rows.push({ line, cells: record });
        problems.push(...rowProblems(record, columns, line));
      }
      if (problems.length >= MOST_PROBLEMS || (rows.length >= ROWS_LIMIT && problems.length > 0)) break;
      if (rows.length % ROWS_AT_ONCE === 0) await setImmediate();
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    problems.push({ line: lineOf(error), what: `is not CSV: ${csvWords(error.code)}` });
  }
  if (columns === undefined && problems.length === 0) problems.push({ line: 1, what: "holds no line of column names" });
  if (rows.length === 0 && problems.length === 0) problems.push({ line: 2, what: "holds no row" });
  return columns === undefined || problems.length > 0
    ? { ok: false, problems }
    : { ok: true, cells: { columns, rows } };
}

type CsvRecord = { readonly record: readonly string[]; readonly info: { readonly lines: number } };

function records(parser: AsyncIterable<unknown>): AsyncIterable<CsvRecord> {
  // Option `info` makes the parser answer in this form, which its types do not tell.
  return parser as AsyncIterable<CsvRecord>;
}

function* chunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

function delimiterOf(bytes: Uint8Array): string {
  const [head = ""] = new TextDecoder().decode(bytes.subarray(0, CHUNK)).split(/[\r\n]/, 1);
  if (head.includes(",")) return ",";
  return head.includes(";") ? ";" : head.includes("\t") ? "\t" : ",";
}

function headProblems(names: readonly string[], line: number): readonly ValueProblem[] {
  const seen = new Set<string>();
  if (names.length > COLUMNS_LIMIT) return [{ line, what: `must have at most ${COLUMNS_LIMIT} columns` }];
  return names.flatMap((name, index) => {
    const repeated = seen.has(name);
    seen.add(name);
    if (!ColumnSchema.safeParse(name).success)
      return [{ line, column: index + 1, what: name === "" ? "has no name" : "has a name that columns cannot have" }];
    return repeated ? [{ line, column: index + 1, name, what: "stands in an earlier column already" }] : [];
  });
}

function rowProblems(cells: readonly string[], columns: readonly string[], line: number): readonly ValueProblem[] {
  if (cells.length !== columns.length)
    return [{ line, what: `has ${cells.length} cells where the first line has ${columns.length}` }];
  return cells.flatMap((cell, index) => {
    const at = { line, column: index + 1, ...(columns[index] === undefined ? {} : { name: columns[index] }) };
    return cell.length > CELL_LIMIT ? [{ ...at, what: `must be at most ${CELL_LIMIT} characters` }] : [];
  });
}

function lineEndsIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}

/** The first place that is not UTF-8, with its line and cell. */
function badUtf8(bytes: Uint8Array): ValueProblem | undefined {
  if (isUtf8(bytes)) return undefined;
  for (let from = 0, line = 1; from < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, from);
    const end = found < 0 ? bytes.length : found;
    const text = bytes.subarray(from, end);
    if (!isUtf8(text)) {
      const before = new TextDecoder().decode(text).split("\u{fffd}", 1)[0] ?? "";
      return { line, column: before.split(/[,;\t]/).length, what: "is not UTF-8 text: save the file as CSV UTF-8" };
    }
    from = end + 1;
  }
  return { line: 1, what: "is not UTF-8 text: save the file as CSV UTF-8" };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function lineOf(error: CsvError): number {
  const line: unknown = error["lines"];
  return typeof line === "number" ? line : 1;
}

function csvWords(code: string): string {
  switch (code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return "a quote is not closed";
    case "CSV_INVALID_CLOSING_QUOTE":
    case "INVALID_OPENING_QUOTE":
      return "a quote stands inside a cell; write it twice in a quoted cell";
    case "CSV_MAX_RECORD_SIZE":
      return `a row is longer than ${LONGEST_RECORD} characters`;
  }
  return code;
}
