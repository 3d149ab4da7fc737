import type { Sql } from "../sql.ts";

/**
 * Reads from one snapshot of the database, whatever collectors write meanwhile.
 * @param sql a session of its own
 * @throws StationError collect.*; what the work throws
 */
export async function inSnapshot<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  await sql.script(sql.dialect === "postgres" ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
  try {
    return await work();
  } finally {
    // Nothing was written: the session may be lost, and then the snapshot is too.
    await sql.script("ROLLBACK").catch(() => undefined);
  }
}
