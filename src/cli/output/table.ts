import { shownLength } from "./paint.ts";

/** Rows of text as a table with aligned columns; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => shownLength(row[column] ?? ""))),
  );
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => padTo(row[column] ?? "", width))
      .join("  ")
      .trimEnd();
  const [heading, ...body] = rows;
  if (heading === undefined) return "";
  const rule = widths.map((width) => "─".repeat(width)).join("──");
  return [line(heading), rule, ...body.map(line), ""].join("\n");
}

function padTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - shownLength(text)));
}
