import { RUN_COLUMNS, type Cell } from "./run-columns.ts";

const FLAGS: ReadonlySet<string> = new Set(["again", "training"]);
const COLUMNS = RUN_COLUMNS.map(([column]) => ({
  isFlag: FLAGS.has(column),
  opening: `,${JSON.stringify(column)}:`,
}));

/** What has to be escaped in a JSON text; one test for the whole row. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A row as a line of JSON Lines: an object with the columns' names, `again` and `training` as true or false. */
export function jsonLine(cells: readonly Cell[]): string {
  const isPlain = !ESCAPED.test(cells.join(""));
  let line = "";
  for (const [index, { isFlag, opening }] of COLUMNS.entries()) {
    const cell = cells[index] ?? null;
    if (typeof cell === "string") line += isPlain ? `${opening}"${cell}"` : opening + JSON.stringify(cell);
    else line += opening + String(isFlag ? cell === 1 : cell);
  }
  return `{${line.slice(1)}}\n`;
}
