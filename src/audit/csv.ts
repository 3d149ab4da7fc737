import { RUN_COLUMNS, type Cell } from "./run-columns.ts";

/** The header row of an export with its line end. */
export const CSV_HEADER = csvHeader(RUN_COLUMNS.map(([column]) => column));

/** A header row of columns whose names need no quotes, with its line end. */
export function csvHeader(columns: readonly string[]): string {
  return `${columns.join(",")}\r\n`;
}

/**
 * A row that needs a closer look: something to quote, or a cell that begins like a formula. One test for the whole row,
 * its cells joined by commas, as nearly all rows need nothing.
 */
const SUSPICIOUS = /[";\r\n\t]|(?:^|,)[ '=+\-@＝＋－＠]| (?:,|$)/;

/**
 * A row as CSV (RFC 4180) with its line end CR LF. `null` becomes an empty cell. Cells that a spreadsheet would run as
 * formulas get a leading apostrophe, and so do cells that begin with an apostrophe: {@link undefuse} takes it off again.
 */
export function csvLine(cells: readonly Cell[]): string {
  const joined = cells.join(",");
  const isPlain = commasIn(joined) === cells.length - 1 && !SUSPICIOUS.test(joined);
  return `${isPlain ? joined : cells.map(csvCell).join(",")}\r\n`;
}

function commasIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(","); at !== -1; at = text.indexOf(",", at + 1)) count += 1;
  return count;
}

/** One cell: defused, then quoted where it has to be (or where a spreadsheet of another language would split it). */
export function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = defuse(cell);
  return /[",;\r\n\t]|^ | $/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A leading apostrophe before texts that begin with = + - @, tab, CR, LF, their full-width forms, or an apostrophe. */
export function defuse(text: string): string {
  return /^['=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}

/** The text that {@link defuse} was given. */
export function undefuse(text: string): string {
  return text.startsWith("'") ? text.slice(1) : text;
}
