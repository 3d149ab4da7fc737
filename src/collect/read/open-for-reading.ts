import { seconds } from "../../core/duration.ts";
import { StationError } from "../../core/error.ts";
import type { Secret } from "../../core/secret.ts";
import { parseCentralAddress } from "../central-address.ts";
import { CENTRAL_SCHEMA } from "../central-schema.ts";
import { PostgresSql } from "../postgres-sql.ts";
import type { Sql } from "../sql.ts";
import { SqliteSql } from "../sqlite-sql.ts";

/** A person waits: what takes longer wants a shorter range. */
const LIMITS = { connectLimit: seconds(10), statementLimit: seconds(30) };

/** Opens a central database in a session that can only read. @throws StationError collect.* */
export async function openForReading(text: Secret): Promise<Sql> {
  const address = parseCentralAddress(text);
  const sql =
    address.kind === "sqlite"
      ? SqliteSql.open(address.file, { readOnly: true })
      : await PostgresSql.open(address, { program: "station", readOnly: true, ...LIMITS });
  try {
    await requireSchema(sql);
    return sql;
  } catch (error) {
    await sql.close();
    throw error;
  }
}

async function requireSchema(sql: Sql): Promise<void> {
  const tables =
    sql.dialect === "postgres"
      ? await sql.all("SELECT 1 WHERE to_regclass('central') IS NOT NULL")
      : await sql.all("SELECT 1 FROM sqlite_schema WHERE name = 'central'");
  if (tables.length === 0) throw new StationError("collect.missing", "nothing was collected there yet");
  const [[schema] = []] = await sql.all("SELECT schema FROM central");
  if (Number(schema) > CENTRAL_SCHEMA)
    throw new StationError("collect.newer", "the central database is of a newer version", { schema: Number(schema) });
}
