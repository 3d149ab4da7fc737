import type { Database } from "better-sqlite3";
import { StationError } from "../core/error.ts";
import type { Migration } from "./migrations/migration.ts";
import { tables } from "./migrations/0001-tables.ts";
import { ownerSide } from "./migrations/0002-owner-side.ts";
import { runPurpose } from "./migrations/0003-run-purpose.ts";
import { line } from "./migrations/0004-line.ts";

/** `PSta`: what `PRAGMA application_id` of every audit database is. */
export const APPLICATION_ID = 0x50537461;

/** Every change of the schema, oldest first. */
export const MIGRATIONS: readonly Migration[] = [tables, ownerSide, runPurpose, line];

/** The number of the newest schema that this station knows. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** The number of the database's schema; 0 for a new file. */
export function schemaVersion(db: Database): number {
  return Number(db.pragma("user_version", { simple: true }));
}

/**
 * Brings the schema up to `target`, each step in a transaction of its own.
 * @throws StationError audit.newer when the database is ahead of this station
 */
export function migrate(db: Database, target: number = SCHEMA_VERSION): void {
  const found = schemaVersion(db);
  if (found > target)
    throw new StationError("audit.newer", "the database has a schema that this station does not know", {
      found,
      newest: target,
    });
  for (const { version, sql } of MIGRATIONS.slice(found, target)) {
    db.transaction(() => {
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.exec(sql);
      db.pragma(`user_version = ${version}`);
    }).exclusive();
  }
}
