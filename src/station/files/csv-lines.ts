import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { readTextFile } from "./text-file.ts";

/** A line of a CSV file without a heading. */
export type CsvLine = { readonly line: number; readonly cells: readonly string[] };

/** Bounds of a CSV file: bytes, rows, characters of a row. */
export type CsvBounds = { readonly bytes: number; readonly rows: number; readonly longestRow: number };

/**
 * The lines of a CSV file (RFC 4180, UTF-8), empty ones left out.
 * @throws StationError file.csv, file.missing, file.unreadable, file.too-large, file.not-text
 */
export async function readCsvLines(path: string, bounds: CsvBounds): Promise<readonly CsvLine[]> {
  const { text } = await readTextFile(path, bounds.bytes);
  const lines = parsed(text, path, bounds);
  if (lines.length <= bounds.rows) return lines;
  throw new StationError("file.too-large", "the file has too many rows", {
    file: path,
    limit: quantity(bounds.rows, "rows"),
  });
}

function parsed(text: string, file: string, { rows, longestRow }: CsvBounds): readonly CsvLine[] {
  try {
    // With `info` the parser answers each record with its place, which its types do not tell.
    const records = parse(text, {
      ...{ bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, info: true },
      ...{ max_record_size: longestRow, to: rows + 1 },
    }) as unknown as readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause["lines"] === "number" ? cause["lines"] : 1;
    throw new StationError("file.csv", "the file is no CSV", { file, line, reason: cause.code });
  }
}
