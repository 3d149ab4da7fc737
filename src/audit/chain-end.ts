import type { Database } from "better-sqlite3";
import { StationError } from "../core/error.ts";
import { genesis, hashRow, type ChainRow, type StationRow } from "./chain.ts";
import { headFileOf, readHeadFile } from "./head-file.ts";
import { claims, signatureCheck } from "./station-key.ts";

/** How many rows at the end of the chain are checked before anything is added to it. */
const CHECKED_TAIL = 256;

/** The row that names the station, or undefined in a database that has none yet. */
export function stationRow(db: Database): StationRow | undefined {
  return db.prepare<[], StationRow>("SELECT id, created_at AS createdAt, public_key AS publicKey FROM station").get();
}

/**
 * Checks the end of the chain, so that nothing is appended to one that is broken or cut there; `verifyDatabase` checks it whole.
 * @throws StationError audit.corrupt, audit.cut
 */
export async function checkChainEnd(db: Database, file: string, station: StationRow): Promise<void> {
  checkTail(db, file, station);
  await checkKeptHead(db, file, station);
}

function checkTail(db: Database, file: string, station: StationRow): void {
  const rows = db
    .prepare<[number], ChainRow & { readonly hash: string }>(
      "SELECT position, run, seq, type, at, body, previous, hash FROM event ORDER BY position DESC LIMIT ?",
    )
    .all(CHECKED_TAIL)
    .reverse();
  let before: { readonly position: number; readonly hash: string } | undefined;
  for (const row of rows) {
    const expected = before?.hash ?? (row.position === 1 ? genesis(station) : row.previous);
    const follows = before === undefined || row.position === before.position + 1;
    if (!follows || row.previous !== expected || row.hash !== hashRow(row))
      throw new StationError("audit.corrupt", "the chain of events is broken", { file, position: row.position });
    before = row;
  }
}

/** The newest signed head must be in the chain: signing a chain whose end was cut off would destroy the evidence. */
async function checkKeptHead(db: Database, file: string, station: StationRow): Promise<void> {
  const head = await readHeadFile(file);
  if (head === "absent") return;
  const facts = { file, head: headFileOf(file) };
  if (head === "damaged") throw new StationError("audit.cut", "the head file cannot be read", facts);
  const { claimOf } = await signatureCheck(station.publicKey);
  if (!claims(await claimOf(head.jws), station.id, head))
    throw new StationError("audit.cut", "the head file is not signed by this station", facts);
  const hash = db.prepare<[number], string>("SELECT hash FROM event WHERE position = ?").pluck().get(head.position);
  if (hash !== head.hash)
    throw new StationError("audit.cut", "the newest signed record is not in the database", {
      ...{ ...facts, position: head.position },
    });
}
