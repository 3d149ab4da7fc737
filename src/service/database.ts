import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { StationError } from "../core/error.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";

/** The service's SQLite connection; one process, one connection. */
export type ServiceDatabase = Database.Database;

const FILE = "service.sqlite";

/**
 * Opens the service's database in `directory` (made when missing, readable by its owner only) and brings its schema up to date.
 * WAL with `synchronous=FULL`: what was answered survives `kill -9` and power cuts. `secure_delete` overwrites what is deleted.
 * The exclusive lock keeps a second service out of the folder; the system releases it when the process dies.
 * @throws StationError service.directory, service.in-use, service.files-damaged, service.newer-database
 */
export function openDatabase(directory: string, migrations: readonly Migration[] = MIGRATIONS): ServiceDatabase {
  const path = join(directory, FILE);
  const database = openFile(directory, path);
  try {
    for (const setting of ["locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"])
      database.pragma(setting);
    // 64 MiB of pages: the indexes of a million devices are read from everywhere in the file.
    for (const setting of ["foreign_keys = ON", "secure_delete = ON", "cache_size = -65536"]) database.pragma(setting);
    migrate(database, path, migrations);
    compileOnce(database);
    chmodSync(path, 0o600);
    return database;
  } catch (cause) {
    database.close();
    throw cause instanceof StationError ? cause : openingError(path, cause);
  }
}

function openFile(directory: string, path: string): ServiceDatabase {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new Database(path, { timeout: 0 });
  } catch (cause) {
    throw new StationError("service.directory", "the service's database cannot be opened", { path }, { cause });
  }
}

function migrate(database: ServiceDatabase, path: string, migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0;
  const present = Number(database.pragma("user_version", { simple: true }));
  if (present > newest)
    throw new StationError("service.newer-database", "the database is of a newer version", { path, present, newest });
  for (const { version, sql } of migrations)
    if (version > present)
      database.transaction(() => {
        database.exec(sql);
        database.pragma(`user_version = ${version}`);
      })();
}

/** Keeps compiled statements by their texts, which are few and fixed: compiling takes longer than most of them run. */
function compileOnce(database: ServiceDatabase): void {
  const prepare = database.prepare.bind(database);
  const compiled = new Map<string, Database.Statement>();
  const value = (sql: string): Database.Statement => {
    const known = compiled.get(sql) ?? prepare(sql);
    compiled.set(sql, known);
    return known;
  };
  Object.defineProperty(database, "prepare", { value, configurable: true });
}

function openingError(path: string, cause: unknown): StationError {
  const code = cause instanceof Database.SqliteError ? cause.code : "";
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"))
    return new StationError("service.in-use", "another process uses the service's database", { path }, { cause });
  if (code.startsWith("SQLITE_NOTADB") || code.startsWith("SQLITE_CORRUPT"))
    return new StationError("service.files-damaged", "the service's database is damaged", { path }, { cause });
  return new StationError("service.directory", "the service's database cannot be used", { path }, { cause });
}

/** Runs `work` in one immediate transaction. @throws StationError service.database when SQLite refuses; what `work` throws */
export function atomically<T>(database: ServiceDatabase, work: () => T): T {
  try {
    return database.transaction(work).immediate();
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError)) throw cause;
    throw new StationError("service.database", "the database refused", { sqlite: cause.code }, { cause });
  }
}

/** Moves the write-ahead log into the database and empties it, so that nothing deleted lingers there. */
export function emptyLog(database: ServiceDatabase): void {
  database.pragma("wal_checkpoint(TRUNCATE)");
}
