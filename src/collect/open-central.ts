import { randomBytes } from "node:crypto";
import { seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { timeOrderedId } from "../core/ids.ts";
import type { Instant } from "../core/clock.ts";
import type { CentralAddress } from "./central-address.ts";
import { CENTRAL_SCHEMA, centralSchema } from "./central-schema.ts";
import type { Sql } from "./sql.ts";
import { SqliteSql } from "./sqlite-sql.ts";

/** How a central database is opened. */
export type CentralOptions = {
  /** Nothing can be written; the schema must be there. */
  readonly readOnly: boolean;
  /** What a PostgreSQL server shows of the session. */
  readonly program: string;
  /** Default 10 s. */
  readonly connectLimit?: Duration;
  /** The longest that one statement of PostgreSQL may take; default 60 s. */
  readonly statementLimit?: Duration;
  /** A session with PostgreSQL is to end: what is under way then, connecting included, has 2 s. */
  readonly signal?: AbortSignal;
};

/**
 * Opens a session with a central database.
 * @throws StationError collect.unreachable, collect.untrusted, collect.refused, collect.missing, collect.foreign …
 */
export async function openSession(address: CentralAddress, options: CentralOptions): Promise<Sql> {
  const { readOnly, program, connectLimit = seconds(10), statementLimit = seconds(60), signal } = options;
  if (address.kind === "sqlite") return SqliteSql.open(address.file, { readOnly });
  // Loaded here, so that reading a file needs no client of PostgreSQL.
  const { PostgresSql } = await import("./postgres-sql.ts");
  return PostgresSql.open(address, { program, readOnly, connectLimit, statementLimit, signal });
}

/**
 * Makes the tables where there are none, and brings those of an older version up to this one; whoever comes first does it.
 * @throws StationError collect.foreign, collect.newer, collect.rights
 */
export async function prepareCentral(sql: Sql, now: Instant): Promise<void> {
  const found = await foundSchema(sql);
  if (found !== undefined) {
    checkSchema(found);
    if (found < CENTRAL_SCHEMA) await migrate(sql, found);
    return;
  }
  await sql.transaction(async () => {
    await sql.script(centralSchema(sql.dialect));
    await sql.all("INSERT INTO central (one, schema, id, stream, cursor) VALUES (1, ?, ?, NULL, 0)", [
      CENTRAL_SCHEMA,
      timeOrderedId(now, randomBytes),
    ]);
  });
}

/** Passes when the database is one that a collector has filled. @throws StationError collect.missing, collect.foreign, collect.newer */
export async function requireCentral(sql: Sql): Promise<void> {
  const found = await foundSchema(sql);
  if (found === undefined) throw new StationError("collect.missing", "nothing was collected there yet");
  checkSchema(found);
}

async function migrate(sql: Sql, found: number): Promise<void> {
  await sql.transaction(async () => {
    const [mine] = await sql.all("UPDATE central SET schema = ? WHERE one = 1 AND schema = ? RETURNING one", [
      ...[CENTRAL_SCHEMA, found],
    ]);
    if (mine !== undefined) await sql.script(centralSchema(sql.dialect, found));
  });
}

async function foundSchema(sql: Sql): Promise<number | undefined> {
  const tables = await sql.all(
    sql.dialect === "sqlite"
      ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('central', 'event', 'run', 'station')"
      : `SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p') AND pg_catalog.pg_table_is_visible(c.oid)
         AND c.relname IN ('central', 'event', 'run', 'station')`,
  );
  const names = new Set(tables.map(([name]) => name));
  if (names.size === 0) return undefined;
  if (!names.has("central"))
    throw new StationError("collect.foreign", "the database has tables of the same names from another program");
  const [row] = await sql.all("SELECT schema FROM central WHERE one = 1");
  return Number(row?.[0] ?? 0);
}

function checkSchema(found: number): void {
  if (found >= 1 && found <= CENTRAL_SCHEMA) return;
  const facts = { found, newest: CENTRAL_SCHEMA };
  if (found > CENTRAL_SCHEMA)
    throw new StationError("collect.newer", "the database has a schema that this version does not know", facts);
  throw new StationError("collect.foreign", "the database's schema cannot be told", facts);
}
