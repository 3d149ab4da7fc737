import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";

/** Rows that one bulk call may have (peers.md 4.1, 4.3). */
export const BULK_ROWS_LIMIT = 1000;

/**
 * The rows of a bulk call's CSV text: fields quoted or not, any number of them a row; empty lines do not count.
 * @param longestRow characters
 * @throws StationError service.bad-request when the text is no CSV or empty, service.too-large beyond 1000 rows
 */
export function csvRows(text: string, longestRow: number): readonly (readonly string[])[] {
  const rows = parsed(text, longestRow);
  if (rows.length > BULK_ROWS_LIMIT)
    throw new StationError("service.too-large", "more rows than one bulk call may have", {
      limit: quantity(BULK_ROWS_LIMIT, "rows"),
    });
  if (rows.length === 0) throw new StationError("service.bad-request", "the body holds no rows");
  return rows;
}

function parsed(text: string, longestRow: number): readonly (readonly string[])[] {
  try {
    return parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: longestRow,
      to: BULK_ROWS_LIMIT + 1,
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new StationError("service.bad-request", "the body is no CSV", { code: cause.code }, { cause });
  }
}
