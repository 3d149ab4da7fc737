import { existsSync, statSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { StationError } from "../core/error.ts";
import { checkChainEnd, stationRow } from "./chain-end.ts";
import { fileKind, openForReading, type FileKind } from "./database-file.ts";
import { headFileOf } from "./head-file.ts";
import { auditError } from "./sqlite-error.ts";

/**
 * Looks a database over before it is opened for writing: opening would bring its schema up to date, close its log, or make a
 * new file in its place. What is refused here is left as it is, byte by byte, with its log.
 * It reads the header, the schema and the end of the chain and takes milliseconds at any size (docs/audit-format.md).
 * The caller holds the writer's lock.
 * @throws StationError audit.corrupt, audit.cut, audit.newer, audit.*
 */
export async function lookOver(file: string): Promise<void> {
  // With a journal beside it the file is half a transaction, which only a writer can put right.
  if (existsSync(`${file}-journal`)) return;
  const kind = fileKind(file);
  refuseRemains(file, kind);
  if (kind !== "audit") return;
  try {
    const { db, close } = openForReading(file);
    try {
      readOpenEnds(db);
      const station = stationRow(db);
      if (station !== undefined) await checkChainEnd(db, file, station);
      else if (existsSync(headFileOf(file)))
        throw new StationError("audit.cut", "the record is gone from the database", { file, head: headFileOf(file) });
    } finally {
      close();
    }
  } catch (error) {
    throw auditError(error, "the audit database cannot be opened", { file });
  }
}

/** A head or a log beside something that is no audit database: the record that they belong to is gone or damaged. */
function refuseRemains(file: string, kind: FileKind): void {
  if (kind === "audit") return;
  const log = `${file}-wal`;
  const hasLog = existsSync(log) && statSync(log).size > 0;
  const hasHead = existsSync(headFileOf(file));
  if (!hasLog && !hasHead) return;
  const facts = { file, beside: hasHead ? headFileOf(file) : log };
  if (kind === "absent" || kind === "empty")
    throw new StationError("audit.cut", "the record is gone: only what lay beside it is there", facts);
  // Another program's database keeps a log of its own: that alone does not tell of a record.
  if (kind === "sqlite" && !hasHead) return;
  throw new StationError("audit.corrupt", "the file does not begin as an audit database does", facts);
}

/** Reads what every start reads: damage there shows now and not when writing has begun. */
function readOpenEnds(db: Database): void {
  db.prepare("SELECT count(*) FROM run WHERE outcome IS NULL").get();
  db.prepare("SELECT count(*) FROM batch WHERE finished_at IS NULL").get();
}
