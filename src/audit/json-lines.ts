import { FLAG_COLUMNS, RUN_COLUMNS, type Cell } from "./run-columns.ts";

/** What has to be escaped in a JSON text; one test for the whole row. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A row of a run as a line of JSON Lines: an object with the columns' names, `again` and `training` as true or false. */
export const jsonLine = jsonLines(RUN_COLUMNS.map(([column]) => column));

/** Writes rows of these columns as {@link jsonLine} does. */
export function jsonLines(names: readonly string[]): (cells: readonly Cell[]) => string {
  const columns = names.map((column) => ({ isFlag: FLAG_COLUMNS.has(column), opening: `,${JSON.stringify(column)}:` }));
  return (cells) => {
    const isPlain = !ESCAPED.test(cells.join(""));
    let line = "";
    for (const [index, { isFlag, opening }] of columns.entries()) {
      const cell = cells[index] ?? null;
      if (typeof cell === "string") line += isPlain ? `${opening}"${cell}"` : opening + JSON.stringify(cell);
      else line += opening + String(isFlag ? cell === 1 : cell);
    }
    return `{${line.slice(1)}}\n`;
  };
}
