/** The text up to `at` ends in this line; what Enter puts there keeps the indent, one step deeper behind a colon. */
export function newLineAt(text: string, at: number): string {
  const begin = text.lastIndexOf("\n", at - 1) + 1;
  const line = text.slice(begin, at);
  const indent = /^ */.exec(line)?.[0] ?? "";
  return `\n${indent}${/:\s*$/.test(line) ? "  " : ""}`;
}

/** The offset of a line and column, both from 1; places that are not there become the nearest. */
export function offsetAt(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const row = Math.min(Math.max(1, line), lines.length);
  const before = lines.slice(0, row - 1).reduce((sum, { length }) => sum + length + 1, 0);
  return before + Math.min(Math.max(1, column) - 1, lines[row - 1]?.length ?? 0);
}

/** The numbers beside a text's lines, as one text. */
export function lineNumbers(text: string): string {
  return Array.from({ length: text.split("\n").length }, (_, index) => String(index + 1)).join("\n");
}
