import { basename } from "node:path";
import type { Database } from "better-sqlite3";
import type { Misfit } from "../contract/history.ts";
import { abortReason } from "../core/clock.ts";

/**
 * Looks at every page of every table and index, and whether the indexes hold what their tables do: the chain does not tell of a
 * damaged index, which would hide runs from the history. About a quarter of what the walk along the chain takes.
 * @throws the signal's reason, between two tables
 */
export async function findDamagedPages(db: Database, signal?: AbortSignal): Promise<Misfit | undefined> {
  const tables = db.prepare<[], string>("SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY rowid");
  for (const table of tables.pluck().all()) {
    if (signal?.aborted === true) throw abortReason(signal);
    const found = db
      .prepare<[], string>(`PRAGMA main.integrity_check("${table.replaceAll('"', '""')}")`)
      .pluck()
      .all()
      .find((line) => line !== "ok");
    if (found !== undefined)
      return {
        table,
        row: basename(db.name),
        what: `the file is damaged: ${found.replaceAll(/\s+/g, " ").slice(0, 200)}`,
      };
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}
