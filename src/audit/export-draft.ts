import { resolve } from "node:path";
import type { Database } from "better-sqlite3";
import type { ExportOrder } from "../contract/history.ts";
import { abortReason } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { SignedHead } from "./audit-store.ts";
import { HEAD_TYPE, type StationRow } from "./chain.ts";
import { CSV_HEADER } from "./csv.ts";
import { openForReading } from "./database-file.ts";
import { exportPieces, type Piece } from "./export-pieces.ts";
import { ExportSheet } from "./export-sheet.ts";
import { parseHead } from "./head-file.ts";
import type { ManifestBody } from "./manifest.ts";
import { refuseOwnFiles } from "./own-files.ts";
import { RUN_COLUMNS } from "./run-columns.ts";
import { whereOf, type Where } from "./run-where.ts";
import { auditError } from "./sqlite-error.ts";
import type { Watch } from "./verify-database.ts";

/** An export that is written but has neither its name nor its manifest yet. */
export type ExportDraft = {
  /** The complete file under its temporary name. */
  readonly temporary: string;
  readonly out: string;
  readonly body: Omit<ManifestBody, "madeAt">;
  /** The newest signed head of the chain that was read. */
  readonly head: SignedHead | null;
};

/** Rows between two looks at the signal, at least. */
const BREATH = 4096;

/**
 * Writes the runs of a filter, oldest first (all runs: in the order in which they were recorded, which is faster to read), to a temporary file beside `out`, from one snapshot of the database.
 * Memory stays bounded; the temporary file is removed when anything goes wrong.
 * @throws StationError audit.export, audit.missing, audit.corrupt …; the signal's reason
 */
export async function draftExport(file: string, order: ExportOrder, watch: Watch = {}): Promise<ExportDraft> {
  const out = resolve(order.out);
  refuseOwnFiles(file, out);
  const { db, close } = openForReading(file);
  try {
    db.exec("BEGIN");
    const sheet = new ExportSheet(out);
    try {
      return await fill(db, sheet, { ...order, out }, watch);
    } catch (error) {
      sheet.discard();
      throw error;
    }
  } catch (error) {
    throw auditError(error, "the audit database cannot be read", { file });
  } finally {
    close();
  }
}

async function fill(
  db: Database,
  sheet: ExportSheet,
  { format, filter, out }: ExportOrder,
  watch: Watch,
): Promise<ExportDraft> {
  const where = whereOf(filter);
  const { total, from, to } = spanOf(db, where);
  if (format === "csv") sheet.header(CSV_HEADER);
  await pour(exportPieces(db, format, where, sheet.expect(total)), sheet, { ...watch, total });
  const range = from === null || to === null ? null : { from, to };
  const station = db
    .prepare<[], StationRow>("SELECT id, created_at AS createdAt, public_key AS publicKey FROM station")
    .get();
  const tip = db
    .prepare<[], ManifestBody["snapshot"]>("SELECT position, hash FROM event ORDER BY position DESC LIMIT 1")
    .get();
  const head = db
    .prepare<[], string>(`SELECT body FROM event WHERE type = '${HEAD_TYPE}' ORDER BY position DESC LIMIT 1`)
    .pluck()
    .get();
  if (station === undefined || tip === undefined)
    throw new StationError("audit.corrupt", "the database has no station or no events", { file: db.name });
  const body = {
    ...{ manifest: 1 as const, format, columns: RUN_COLUMNS.map(([column]) => column), filter },
    ...{ ...sheet.finish(), range, snapshot: tip },
    ...{ station: station.id, publicKey: JSON.parse(station.publicKey) as Readonly<Record<string, unknown>> },
  };
  return { temporary: sheet.temporary, out, body, head: (head === undefined ? undefined : parseHead(head)) ?? null };
}

type Span = { readonly total: number; readonly from: string | null; readonly to: string | null };

/** How many runs a filter finds, and when the first and the last of them started. */
function spanOf(db: Database, { sql, values }: Where): Span {
  const query = `SELECT count(*) AS total, min(started_at) AS "from", max(started_at) AS "to" FROM run WHERE ${sql}`;
  return db.prepare<string[], Span>(query).get(...values) ?? { total: 0, from: null, to: null };
}

async function pour(
  pieces: Iterable<Piece>,
  sheet: ExportSheet,
  { signal, progress, total }: Watch & { readonly total: number },
): Promise<void> {
  let looked = 0;
  throwIfStopped(signal);
  for (const { bytes, rows } of pieces) {
    sheet.take(bytes, rows);
    if (sheet.rows - looked < BREATH) continue;
    looked = sheet.rows;
    throwIfStopped(signal);
    progress?.({ done: sheet.rows, total });
    await new Promise((wake) => setImmediate(wake));
  }
  progress?.({ done: sheet.rows, total });
}

function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortReason(signal);
}
