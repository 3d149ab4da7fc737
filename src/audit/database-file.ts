import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { StationError } from "../core/error.ts";
import { APPLICATION_ID, migrate, SCHEMA_VERSION, schemaVersion } from "./migrate.ts";
import { RUN_PURPOSE_VIEW, runPurpose } from "./migrations/0003-run-purpose.ts";
import { auditError } from "./sqlite-error.ts";

/** How long a commit waits for a program that holds the database's lock, ms: the core stands still meanwhile. */
const BUSY_TIMEOUT = 1000;
/**
 * Pages that SQLite keeps of the database, KiB. What is appended is not read again, so that more of them would only grow with
 * the record.
 */
const CACHE_KIB = 4096;
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
const APPLICATION_ID_OFFSET = 68;

/** What the first bytes of a file say; `cut`: a database that ends within its header. */
export type FileKind = "absent" | "empty" | "audit" | "sqlite" | "cut" | "other";

/**
 * Looks at a file's first 100 bytes; touches nothing.
 * @throws StationError audit.missing when the file exists and cannot be read
 */
export function fileKind(file: string): FileKind {
  if (!existsSync(file)) return "absent";
  const header = headerOf(file);
  if (header.length === 0) return "empty";
  if (header.toString("latin1", 0, MAGIC.length) !== MAGIC) return "other";
  if (header.length < HEADER_BYTES) return "cut";
  return header.readUInt32BE(APPLICATION_ID_OFFSET) === APPLICATION_ID ? "audit" : "sqlite";
}

function headerOf(file: string): Buffer {
  try {
    const descriptor = openSync(file, "r");
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      return header.subarray(0, readSync(descriptor, header, 0, HEADER_BYTES, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new StationError("audit.missing", "the file cannot be read", { file }, { cause: error });
  }
}

/**
 * Refuses a file that is not an audit database before anything is written to it.
 * @throws StationError audit.corrupt, audit.foreign
 */
export function refuseForeign(file: string, kind: FileKind): void {
  if (kind === "cut") throw new StationError("audit.corrupt", "the database ends within its header", { file });
  if (kind === "other") throw new StationError("audit.foreign", "the file is no database", { file });
  if (kind === "sqlite") throw new StationError("audit.foreign", "the database belongs to another program", { file });
}

/**
 * Opens the database for writing and brings its schema up to date; makes it when there is none.
 * The caller holds the writer's lock.
 * @throws StationError audit.*
 */
export function openForWriting(file: string): Database.Database {
  // With a journal beside it the file is half a transaction: SQLite puts it right first, and then it is looked at.
  if (!existsSync(`${file}-journal`)) refuseForeign(file, fileKind(file));
  const db = attempt(file, () => new Database(file, { timeout: BUSY_TIMEOUT }));
  try {
    attempt(file, () => {
      refuseForeignTables(db, file);
      db.pragma("foreign_keys = ON");
      db.pragma("trusted_schema = OFF");
      db.pragma(`cache_size = -${CACHE_KIB}`);
      // A new file gets its tables before it gets its log, so that its header names the station from the first commit.
      migrate(db);
      // With a log, what is committed is brought to the disk by LogSync before anybody is told of it.
      const logged = db.pragma("journal_mode = WAL", { simple: true }) === "wal";
      db.pragma(`synchronous = ${logged ? "NORMAL" : "FULL"}`);
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function refuseForeignTables(db: Database.Database, file: string): void {
  const isOurs = db.pragma("application_id", { simple: true }) === APPLICATION_ID;
  const tables = db.prepare<[], number>("SELECT count(*) FROM sqlite_schema").pluck().get() ?? 0;
  if (!isOurs && tables > 0) refuseForeign(file, "sqlite");
}

/** A database open for reading. */
export type Reading = { readonly db: Database.Database; readonly close: () => void };

/**
 * Opens the database for reading beside a writer, or a copy of it. A database at rest is opened in a way that leaves no
 * files of SQLite behind; one with a log is opened read-only, so that the log stays as it is. Where SQLite can make no
 * files beside it (a read-only medium), a temporary copy is read.
 * @throws StationError audit.missing, audit.corrupt, audit.foreign, audit.newer
 */
export function openForReading(file: string): Reading {
  const kind = fileKind(file);
  if (kind === "absent" || kind === "empty")
    throw new StationError("audit.missing", "there is no such database", { file });
  refuseForeign(file, kind);
  try {
    const db = openedForReading(file);
    return { db, close: () => db.close() };
  } catch (error) {
    if (error instanceof StationError && error.code === "audit.unwritable") return openCopy(file);
    throw error;
  }
}

function openCopy(file: string): Reading {
  const folder = mkdtempSync(join(tmpdir(), "station-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, "copy.db");
    attempt(file, () => {
      copyFileSync(file, copy);
      if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    });
    const db = openedForReading(copy);
    const close = (): void => {
      db.close();
      remove();
    };
    return { db, close };
  } catch (error) {
    remove();
    throw error;
  }
}

function openedForReading(file: string): Database.Database {
  const readonly = existsSync(`${file}-wal`);
  const db = attempt(file, () => new Database(file, { readonly, fileMustExist: true, timeout: BUSY_TIMEOUT }));
  try {
    attempt(file, () => {
      db.pragma("trusted_schema = OFF");
      const found = schemaVersion(db);
      if (found < 1 || found > SCHEMA_VERSION)
        throw new StationError("audit.newer", "the database has a schema that this station does not know", {
          found,
          newest: SCHEMA_VERSION,
        });
      if (found < runPurpose.version) db.exec(RUN_PURPOSE_VIEW);
      db.pragma("query_only = ON");
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Moves the log into the database beside a writer, as far as nobody reads there; waits for no one.
 * @returns frames in the log: SQLite begins it anew once all of them were moved before another came
 * @throws StationError audit.*
 */
export function checkpoint(file: string): number {
  const db = attempt(file, () => new Database(file, { fileMustExist: true, timeout: 0 }));
  try {
    const [row] = attempt(file, () => db.pragma("wal_checkpoint(PASSIVE)") as { readonly log: number }[]);
    return row?.log ?? 0;
  } finally {
    db.close();
  }
}

function attempt<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw auditError(error, "the audit database cannot be opened", { file });
  }
}
