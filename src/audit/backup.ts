import { createHash, randomBytes } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { abortReason } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { SignedHead } from "./audit-store.ts";
import { openForReading } from "./database-file.ts";
import { syncFolder } from "./durable-file.ts";
import { headFileOf, readHeadFile, writeHeadFile } from "./head-file.ts";
import { auditError } from "./sqlite-error.ts";
import { verifyDatabase, type Watch } from "./verify-database.ts";

/** A backup that was made and checked. */
export type Backup = {
  readonly out: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  readonly events: number;
  readonly runs: number;
  /** Number of the last event that a signature covers. */
  readonly signedUpTo: number;
};

/** Pages that are copied between two looks at the signal: a few milliseconds of work. */
const PAGES_AT_ONCE = 512;

/**
 * Copies the database as it is at this moment, beside a station that writes (SQLite's online backup), checks the copy whole
 * and puts it in place with the newest signed head beside it. Nothing is put in place that does not hold.
 * @throws StationError audit.backup-exists, audit.backup-damaged with the first row that does not fit, audit.*; the signal's reason
 */
export async function backUp(file: string, out: string, watch: Watch = {}): Promise<Backup> {
  refuseTaken(file, out);
  // Read before the database: the head that is kept beside the copy must be in the copy.
  const head = await readHeadFile(file);
  const partial = `${out}.${randomBytes(6).toString("hex")}.partial`;
  try {
    await copySnapshot(file, partial, watch);
    if (typeof head === "object") await writeHeadFile(partial, head);
    const verdict = await verifyDatabase(partial, watch.signal === undefined ? {} : { signal: watch.signal });
    if (!verdict.ok) throw damaged(file, verdict.misfit);
    if (verdict.kind !== "database") throw new StationError("station.internal", "the copy is no database", { file });
    const { events, runs, signedUpTo } = verdict;
    const sha256 = await fileSha256(partial);
    await place(partial, out, head);
    return { out, sha256, events, runs, signedUpTo };
  } catch (error) {
    throw auditError(error, "the backup cannot be made", { file: out });
  } finally {
    for (const left of [partial, headFileOf(partial), `${partial}-wal`, `${partial}-shm`])
      await rm(left, { force: true });
  }
}

function refuseTaken(file: string, out: string): void {
  if (existsSync(out) || existsSync(headFileOf(out)) || resolve(out) === resolve(file))
    throw new StationError("audit.backup-exists", "there is a file where the backup would be", { file: out });
}

/** One snapshot: as long as the reading lasts, what the station writes meanwhile is not seen, and the copy never begins anew. */
async function copySnapshot(file: string, target: string, { signal, progress }: Watch): Promise<void> {
  const { db, close } = openForReading(file);
  try {
    db.exec("BEGIN");
    db.pragma("user_version");
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    await db.backup(target, {
      progress({ totalPages, remainingPages }) {
        if (signal?.aborted === true) throw abortReason(signal);
        progress?.({ done: totalPages - remainingPages, total: totalPages });
        return PAGES_AT_ONCE;
      },
    });
  } finally {
    close();
  }
}

async function place(partial: string, out: string, head: SignedHead | "absent" | "damaged"): Promise<void> {
  await syncFile(partial);
  if (typeof head === "object") await rename(headFileOf(partial), headFileOf(out));
  await rename(partial, out);
  await syncFolder(dirname(resolve(out)));
}

/** Brings a file's content to the disk. @throws the file system's error */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** SHA-256 of a file, lower-case hex, read in pieces. @throws the file system's error */
export async function fileSha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

/** The refusal of a copy that does not hold. */
export function damaged(
  file: string,
  misfit: { readonly table: string; readonly row: string; readonly what: string },
): StationError {
  const { table, row, what } = misfit;
  return new StationError("audit.backup-damaged", "the record does not hold", { file, table, row, what });
}
