import { closeSync, existsSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import type { ErrorCode } from "../core/error-codes.ts";
import { StationError } from "../core/error.ts";
import type { Sql, SqlRow, SqlValue } from "./sql.ts";

/** `PSce`: what `PRAGMA application_id` of a central database is. */
const APPLICATION_ID = 0x50536365;
/** How long a commit waits for another program that holds the database, ms. */
const BUSY_TIMEOUT = 2000;
const STATEMENTS = 256;

/** A central database in a file of SQLite. */
export class SqliteSql implements Sql {
  readonly dialect = "sqlite";
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  private constructor(db: Database.Database) {
    this.#db = db;
  }

  /** @throws StationError collect.missing (reading only), collect.foreign, collect.failed */
  static open(file: string, { readOnly }: { readonly readOnly: boolean }): SqliteSql {
    const isNew = !existsSync(file);
    if (isNew && readOnly) throw new StationError("collect.missing", "there is no such file", { file });
    return attempt(file, () => {
      // Nobody but its user reads what stations record.
      if (isNew) closeSync(openSync(file, "wx", 0o600));
      const db = new Database(file, { readonly: readOnly, fileMustExist: true, timeout: BUSY_TIMEOUT });
      try {
        prepareFile(db, file, readOnly);
        return new SqliteSql(db);
      } catch (error) {
        db.close();
        throw error;
      }
    });
  }

  // An `async` body, so that what SQLite throws is a rejection.
  // eslint-disable-next-line @typescript-eslint/require-await -- SQLite answers at once, PostgreSQL later
  async all(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return attempt(this.#db.name, () => {
      const statement = this.#statement(sql);
      if (statement.reader) return statement.raw().all(...values) as unknown[][];
      statement.run(...values);
      return [];
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- SQLite answers at once, PostgreSQL later
  async script(sql: string): Promise<void> {
    attempt(this.#db.name, () => this.#db.exec(sql));
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.script("BEGIN IMMEDIATE");
    try {
      const result = await work();
      await this.script("COMMIT");
      return result;
    } catch (error) {
      if (this.#db.inTransaction) await this.script("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  close(): Promise<void> {
    this.#db.close();
    return Promise.resolve();
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    if (this.#statements.size < STATEMENTS) this.#statements.set(sql, statement);
    return statement;
  }
}

function prepareFile(db: Database.Database, file: string, readOnly: boolean): void {
  db.pragma("trusted_schema = OFF");
  const tables = db.prepare<[], number>("SELECT count(*) FROM sqlite_schema").pluck().get() ?? 0;
  const isOurs = db.pragma("application_id", { simple: true }) === APPLICATION_ID;
  if (!isOurs && tables > 0) throw new StationError("collect.foreign", "the file belongs to another program", { file });
  if (readOnly) {
    db.pragma("query_only = ON");
    return;
  }
  if (!isOurs) db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
}

const MEANINGS: readonly (readonly [string, ErrorCode, string])[] = [
  ["SQLITE_NOTADB", "collect.foreign", "the file is no database"],
  ["SQLITE_CANTOPEN", "collect.missing", "the file cannot be opened"],
  ["ENOENT", "collect.missing", "there is no such folder"],
  ["EACCES", "collect.rights", "the file may not be written"],
  ["SQLITE_READONLY", "collect.rights", "the file may not be written"],
];

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StationError) throw error;
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
    const known = MEANINGS.find(([beginning]) => code.startsWith(beginning));
    const [, meaning, what] = known ?? ["", "collect.failed" as const, "the central database cannot be used"];
    throw new StationError(meaning, what, { file, reason: code }, { cause: error });
  }
}
