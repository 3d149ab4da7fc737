import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { asideOf, moveAside } from "./aside.ts";
import { syncFolder } from "./durable-file.ts";
import { headFileOf, readHeadFile } from "./head-file.ts";
import { writeRestoreNote } from "./restore-note.ts";
import { auditError } from "./sqlite-error.ts";
import { acquireWriterLock } from "./writer-lock.ts";

/**
 * Puts a database aside, whole and with its log, under a name with the time, so that the station makes a new one at its next
 * start; that one's chain tells of it (`database.begun-anew`). The station's key stays: what is aside can be restored.
 * A power cut at any moment leaves the old database, or one that the station refuses to open (audit.cut) until this is done
 * again, or the new beginning.
 * @returns where the database is kept
 * @throws StationError audit.missing when there is nothing to put aside; audit.in-use, audit.*
 */
export async function beginAnew(file: string, { clock }: { readonly clock: Clock }): Promise<string> {
  const lock = acquireWriterLock(file, { pid: process.pid, program: "station restore" });
  try {
    if (!["", "-wal", ".head"].some((ending) => existsSync(`${file}${ending}`)))
      throw new StationError("audit.missing", "there is no database to put aside", { file });
    const aside = asideOf(file, clock);
    const before = await readHeadFile(file);
    await moveAside(file, aside);
    const replaced = typeof before === "object" ? { position: before.position, hash: before.hash } : undefined;
    await writeRestoreNote(file, { anew: true, ...(replaced === undefined ? {} : { replaced }) });
    // Last: as long as it is there without its database, the station refuses to start.
    await rm(headFileOf(file), { force: true });
    await syncFolder(dirname(resolve(file)));
    return aside;
  } catch (error) {
    throw auditError(error, "the database cannot be put aside", { file });
  } finally {
    lock.release();
  }
}
