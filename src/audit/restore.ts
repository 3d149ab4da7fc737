import { randomBytes } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { asideOf, moveAside } from "./aside.ts";
import { checkpoint } from "./database-file.ts";
import { damaged, fileSha256, syncFile } from "./backup.ts";
import { syncFolder } from "./durable-file.ts";
import { headFileOf, readHeadFile, writeHeadFile } from "./head-file.ts";
import { writeRestoreNote } from "./restore-note.ts";
import { auditError } from "./sqlite-error.ts";
import { verifyDatabase, type Watch } from "./verify-database.ts";
import { acquireWriterLock, type WriterLock } from "./writer-lock.ts";

/** A database that was restored. */
export type Restored = {
  readonly file: string;
  readonly backupSha256: string;
  readonly events: number;
  readonly runs: number;
  /** Where the database that was there before is kept; absent when there was none. */
  readonly aside?: string;
};

/**
 * Puts a backup in the place of a database that was lost or damaged. What was there is kept aside, whole, under a name with
 * the time; it is never overwritten. The restoration is recorded in the chain when the station opens the database next.
 * A power cut at any moment leaves the old database, or the restored one, or one that the station refuses to open
 * (audit.cut) until this is done again.
 * @throws StationError audit.in-use, audit.backup-damaged, audit.*; the signal's reason
 */
export async function restoreDatabase(
  backup: string,
  file: string,
  { clock, signal }: Pick<Watch, "signal"> & { readonly clock: Clock },
): Promise<Restored> {
  if (resolve(backup) === resolve(file))
    throw new StationError("audit.backup-exists", "the backup is the database itself", { file });
  const partial = `${file}.${randomBytes(6).toString("hex")}.partial`;
  let lock: WriterLock | undefined;
  try {
    lock = acquireWriterLock(file, { pid: process.pid, program: "station restore" });
    // The copy is checked, not the backup: what holds is what is put in place.
    await copyAll(backup, partial);
    const verdict = await verifyDatabase(partial, signal === undefined ? {} : { signal });
    if (!verdict.ok) throw damaged(backup, verdict.misfit);
    if (verdict.kind !== "database") throw new StationError("station.internal", "the copy is no database", { file });
    // The log of a copied running station goes into the copy: one file is put in place in one step.
    checkpoint(partial);
    await syncFile(partial);
    const backupSha256 = await fileSha256(partial);
    const aside = asideOf(file, clock);
    await exchange(partial, file, aside, backupSha256);
    return {
      file,
      backupSha256,
      events: verdict.events,
      runs: verdict.runs,
      ...(["", "-wal"].some((ending) => existsSync(`${aside}${ending}`)) ? { aside } : {}),
    };
  } catch (error) {
    throw auditError(error, "the backup cannot be put in place", { file });
  } finally {
    for (const ending of ["", "-wal", "-shm", ".head"]) await rm(`${partial}${ending}`, { force: true });
    lock?.release();
  }
}

/** A backup is one file; a copy of a running station's files has its log beside it. */
async function copyAll(backup: string, partial: string): Promise<void> {
  for (const ending of ["", "-wal", ".head"]) {
    if (ending !== "" && !existsSync(`${backup}${ending}`)) continue;
    await copyFile(`${backup}${ending}`, `${partial}${ending}`, constants.COPYFILE_EXCL);
    await syncFile(`${partial}${ending}`);
  }
}

/**
 * The new head comes before its database: between the two
 * steps it names a record that is not there, and the station refuses to begin a new chain.
 */
async function exchange(partial: string, file: string, aside: string, backupSha256: string): Promise<void> {
  const before = await readHeadFile(file);
  const after = await readHeadFile(partial);
  await moveAside(file, aside);
  const replaced = typeof before === "object" ? { position: before.position, hash: before.hash } : undefined;
  await writeRestoreNote(file, { backupSha256, ...(replaced === undefined ? {} : { replaced }) });
  if (typeof after === "object") await writeHeadFile(file, after);
  await rename(partial, file);
  await syncFolder(dirname(resolve(file)));
  if (typeof after !== "object") await rm(headFileOf(file), { force: true });
}
