import { basename } from "node:path";
import { acquireWriterLock } from "../audit/writer-lock.ts";
import { StationError } from "../core/error.ts";
import type { CentralAddress } from "./central-address.ts";
import type { Sql } from "./sql.ts";

/** `PSce`, and the number of the right: an advisory lock of PostgreSQL is a pair of numbers within its database. */
const LOCK = [0x50536365, 1] as const;

/**
 * Tries to become the one collector of a central database. In PostgreSQL the right belongs to the session, and is gone with
 * it however it ends; beside a file of SQLite it is the operating system's lock of a small file.
 * @returns what gives the right back; undefined while another collector has it
 */
export async function tryCollectorLock(sql: Sql, address: CentralAddress): Promise<(() => void) | undefined> {
  if (address.kind === "sqlite") return lockFile(address.file);
  const [row] = await sql.all("SELECT pg_try_advisory_lock(?, ?)", LOCK);
  return row?.[0] === true ? () => undefined : undefined;
}

function lockFile(file: string): (() => void) | undefined {
  try {
    const program = basename(process.argv[1] ?? process.title);
    return acquireWriterLock(file, { pid: process.pid, program }).release;
  } catch (error) {
    if (error instanceof StationError && error.code === "audit.in-use") return undefined;
    throw error;
  }
}
