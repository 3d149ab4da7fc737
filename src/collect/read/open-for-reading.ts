import { seconds } from "../../core/duration.ts";
import type { Secret } from "../../core/secret.ts";
import { parseCentralAddress } from "../central-address.ts";
import { openSession, requireCentral } from "../open-central.ts";
import type { Sql } from "../sql.ts";

/** A person waits: what takes longer wants a shorter range. */
const LIMITS = { connectLimit: seconds(10), statementLimit: seconds(30) };

/** Opens a central database in a session that can only read. @throws StationError collect.* */
export async function openForReading(text: Secret): Promise<Sql> {
  const sql = await openSession(parseCentralAddress(text), { readOnly: true, program: "station", ...LIMITS });
  try {
    await requireCentral(sql);
    return sql;
  } catch (error) {
    await sql.close();
    throw error;
  }
}
