import { csvHeader, csvLine } from "../../audit/csv.ts";
import { cellPieces } from "../../audit/export-pieces.ts";
import { ExportSheet } from "../../audit/export-sheet.ts";
import { jsonLines } from "../../audit/json-lines.ts";
import { refuseOwnFiles } from "../../audit/own-files.ts";
import type { Cell } from "../../audit/run-columns.ts";
import { whereOf } from "../../audit/run-where.ts";
import type { Watch } from "../../audit/verify-database.ts";
import type { ExportOrder } from "../../contract/history.ts";
import type { RunFilter } from "../../contract/station-request.ts";
import { abortReason } from "../../core/clock.ts";
import { CENTRAL_RUN_COLUMNS } from "../central-rows.ts";
import type { Sql, SqlRow } from "../sql.ts";
import { inSnapshot } from "./snapshot.ts";

/** An order to write the runs of a line to a file that has not its name yet. */
export type CentralDraftOrder = ExportOrder & { readonly temporary: string };

/** What was written. */
export type CentralDraft = { readonly rows: number; readonly sha256: string };

/** Rows that are held at a time; whole pieces of an export. */
const PAGE = 2048;
const ID = CENTRAL_RUN_COLUMNS.indexOf("id");
const STARTED_AT = CENTRAL_RUN_COLUMNS.indexOf("started_at");

/**
 * Writes the runs of a filter over all stations, oldest first, to a temporary file: the columns of a station's own export, and
 * behind them `station_name`. From one snapshot, page by page; the file is removed when anything goes wrong.
 * @param sql a session of its own
 * @throws StationError collect.*, audit.export; the signal's reason
 */
export async function draftCentralExport(sql: Sql, order: CentralDraftOrder, watch: Watch = {}): Promise<CentralDraft> {
  await refuseItself(sql, order.out);
  return inSnapshot(sql, async () => {
    const sheet = new ExportSheet(order.out, order.temporary);
    try {
      await pour(sql, sheet, order, watch);
      const { rows, sha256 } = sheet.finish();
      return { rows, sha256 };
    } catch (error) {
      sheet.discard();
      throw error;
    }
  });
}

/** A central database that is a file must not be written over. */
async function refuseItself(sql: Sql, out: string): Promise<void> {
  if (sql.dialect !== "sqlite") return;
  const [[file] = []] = await sql.all("SELECT file FROM pragma_database_list WHERE name = 'main'");
  if (typeof file === "string") refuseOwnFiles(file, out);
}

async function pour(sql: Sql, sheet: ExportSheet, { format, filter }: ExportOrder, watch: Watch): Promise<void> {
  const { signal, progress } = watch;
  const where = whereOf(filter);
  const [[count] = []] = await sql.all(`SELECT count(*) FROM run WHERE ${where.sql}`, where.values);
  const total = Number(count);
  const size = sheet.expect(total);
  if (format === "csv") sheet.header(csvHeader(CENTRAL_RUN_COLUMNS));
  const line = format === "csv" ? csvLine : jsonLines(CENTRAL_RUN_COLUMNS);
  let last: SqlRow | undefined;
  for (;;) {
    if (signal?.aborted === true) throw abortReason(signal);
    const page = pageAfter(filter, last);
    const rows = await sql.all(page.sql, page.values);
    const cells = rows.map((row) => row.map(cellOf));
    for (const piece of cellPieces(cells, line, size)) sheet.take(piece.bytes, piece.rows);
    progress?.({ done: sheet.rows, total: Math.max(total, sheet.rows) });
    if (rows.length < PAGE) return;
    last = rows.at(-1);
    // A file of SQLite answers at once: what the thread is told meanwhile must be heard.
    await new Promise((wake) => setImmediate(wake));
  }
}

/** The next rows behind the last one, by an index. */
function pageAfter(filter: RunFilter, last: SqlRow | undefined): { readonly sql: string; readonly values: string[] } {
  // The place to go on from says more than `from`, and only one of both could bound the index.
  const { from: _from, ...rest } = filter;
  const where = whereOf(last === undefined ? filter : rest);
  const behind = last === undefined ? "" : " AND (started_at, id) > (?, ?)";
  return {
    sql: `SELECT ${CENTRAL_RUN_COLUMNS.join(", ")} FROM run WHERE ${where.sql}${behind} ORDER BY started_at, id LIMIT ${PAGE}`,
    values: [...where.values, ...(last === undefined ? [] : [String(last[STARTED_AT]), String(last[ID])])],
  };
}

/** A cell as a station's own database has it; the tables hold nothing else. */
function cellOf(value: unknown): Cell {
  return typeof value === "string" || typeof value === "number" ? value : null;
}
