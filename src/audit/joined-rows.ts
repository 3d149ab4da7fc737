import { csvLine } from "./csv.ts";
import { FLAG_COLUMNS, RUN_COLUMNS, type Cell } from "./run-columns.ts";

/** Stands between the cells that SQLite joins; the few cells that hold it themselves are told by their number. */
const SEPARATOR = "\u001f";
const NUMBER = RUN_COLUMNS.findIndex(([column]) => column === "elapsed_ms");

/**
 * A row of table `run` in three cells instead of 24, which is what reading them takes time for: the columns before `elapsed_ms`
 * joined, the number itself (SQLite writes numbers with fewer digits than JavaScript), the columns after it joined.
 */
export type JoinedRow = readonly [before: string, elapsed: number | null, after: string];

/** What to select for a {@link JoinedRow}. */
export const JOINED_LIST = [joined(0, NUMBER), "elapsed_ms", joined(NUMBER + 1)].join(", ");

function joined(from: number, to?: number): string {
  const cells = RUN_COLUMNS.slice(from, to).map(([column]) => `coalesce(${column}, '')`);
  return `concat_ws(char(31), ${cells.join(", ")})`;
}

/**
 * Rows as CSV, byte by byte what {@link csvLine} makes of their cells; undefined when a cell holds the separator, so that the
 * cells have to be read one by one.
 */
export function csvPiece(rows: readonly JoinedRow[]): Buffer | undefined {
  let text = "";
  for (const [before, elapsed, after] of rows) text += `${before}${SEPARATOR}${elapsed ?? ""}${SEPARATOR}${after}\r\n`;
  const bytes = Buffer.from(text, "utf8");
  return separate(bytes, rows.length) ? bytes : cellByCell(rows);
}

const END = 1;
const SEPARATES = 2;
const QUOTED = 3;
/** What a byte is to the rows: 0 for nearly all. */
const KINDS = table([
  ["\r\n", END],
  [SEPARATOR, SEPARATES],
  ['",;\t', QUOTED],
]);
/** Bytes with which a cell begins that needs a closer look: 0xef leads the full-width forms. */
const BEGINNINGS = table([[" '=+-@", 1]]).fill(1, 0xef, 0xf0);
const SPACE = 0x20;
const COMMA = 0x2c;

/** Puts commas between the cells; false when there is anything to quote, to defuse or to count. */
function separate(bytes: Buffer, rows: number): boolean {
  let ends = 0;
  let separators = 0;
  let isPlain = BEGINNINGS[bytes[0] ?? 0] === 0;
  for (let index = 0; index < bytes.length; index++) {
    const kind = KINDS[bytes[index] ?? 0];
    if (kind === 0) continue;
    if (kind === QUOTED) return false;
    if (BEGINNINGS[bytes[index + 1] ?? 0] === 1 || bytes[index - 1] === SPACE) isPlain = false;
    if (kind === END) {
      ends += 1;
      continue;
    }
    separators += 1;
    bytes[index] = COMMA;
  }
  return isPlain && ends === 2 * rows && separators === (RUN_COLUMNS.length - 1) * rows;
}

function table(kinds: readonly (readonly [string, number])[]): Uint8Array {
  const bytes = new Uint8Array(256);
  for (const [characters, kind] of kinds) for (const byte of Buffer.from(characters)) bytes[byte] = kind;
  return bytes;
}

function cellByCell(rows: readonly JoinedRow[]): Buffer | undefined {
  let text = "";
  for (const row of rows) {
    const cells = cellsOf(row);
    if (cells === undefined) return undefined;
    text += csvLine(cells);
  }
  return Buffer.from(text, "utf8");
}

function cellsOf([before, elapsed, after]: JoinedRow): readonly Cell[] | undefined {
  const first = before.split(SEPARATOR);
  const last = after.split(SEPARATOR);
  if (first.length !== NUMBER || last.length !== RUN_COLUMNS.length - NUMBER - 1) return undefined;
  const flagged = last.map((cell, index) =>
    FLAG_COLUMNS.has(RUN_COLUMNS[NUMBER + 1 + index]?.[0] ?? "") ? Number(cell) : cell,
  );
  return [...first, elapsed, ...flagged];
}
