import { existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { StationError } from "../core/error.ts";
import { auditError } from "./sqlite-error.ts";

/** Who writes to the database: process id and name of the program. */
export type Holder = { readonly pid: number; readonly program: string };

/** The right to write; gone when released or when the process dies, however it dies. */
export type WriterLock = { readonly release: () => void };

const ATTEMPTS = 5;
/** Covers the moment in which another program writes its name, ms. */
const NAMING_TIMEOUT = 100;

/**
 * Takes the one right to write to the audit database.
 * The lock is the operating system's, held through a small SQLite file `<database>.lock`, so that no lock outlives its
 * process and readers of the database are never in the way. That file also tells who holds it.
 * @throws StationError audit.in-use that names the holder; audit.missing, audit.unwritable when the folder cannot be used
 */
export function acquireWriterLock(file: string, holder: Holder): WriterLock {
  const path = `${file}.lock`;
  if (!existsSync(dirname(path))) throw new StationError("audit.missing", "there is no such folder", { file });
  try {
    return lockWith(path, holder, file);
  } catch (error) {
    const failure = auditError(error, "the audit database's lock cannot be taken", { file: path });
    if (failure.code !== "audit.corrupt") throw failure;
    // The lock's file holds nothing worth keeping: a damaged one must not stop the line.
    rmSync(path, { force: true });
    return lockWith(path, holder, file);
  }
}

function lockWith(path: string, holder: Holder, file: string): WriterLock {
  const db = new Database(path, { timeout: NAMING_TIMEOUT });
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (!begin(db)) throw inUse(db, file);
      db.exec("CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, program TEXT NOT NULL)");
      db.exec("DELETE FROM holder");
      db.prepare("INSERT INTO holder VALUES (?, ?)").run(holder.pid, holder.program);
      // The name is committed to be seen; the lock is then taken anew and the name checked, as another may have come between.
      db.exec("COMMIT");
      if (!begin(db)) throw inUse(db, file);
      if (holderIn(db)?.pid === holder.pid) return { release: () => db.close() };
      db.exec("ROLLBACK");
    }
    throw inUse(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
}

function begin(db: Database.Database): boolean {
  try {
    db.exec("BEGIN IMMEDIATE");
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) return false;
    throw error;
  }
}

function inUse(db: Database.Database, file: string): StationError {
  const holder = holderIn(db);
  const facts = holder === undefined ? {} : { pid: holder.pid, program: holder.program };
  return new StationError("audit.in-use", "another program writes to this audit database", { file, ...facts });
}

function holderIn(db: Database.Database): Holder | undefined {
  try {
    return db.prepare<[], Holder>("SELECT pid, program FROM holder").get();
  } catch {
    // Not yet written, or just being written: the refusal stands without a name.
    return undefined;
  }
}
