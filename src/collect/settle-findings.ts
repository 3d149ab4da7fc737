import { timeOrderedId, type RandomBytes } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import type { Instant } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { FINDING_COLUMNS, SETTLEMENT_COLUMNS, settledFindingOf } from "./central-rows.ts";
import { CentralStore } from "./central-store.ts";
import { verdictOf, type ChainState, type StationVerdict } from "./chain-state.ts";
import { Draft } from "./draft.ts";
import type { Finding, SettledFinding, Settlement } from "./finding.ts";
import { prepareCentral } from "./open-central.ts";
import type { Sql, SqlValue } from "./sql.ts";
import { StationIntake, type Arrival } from "./station-intake.ts";

/** What was settled, and how the station stands behind it. */
export type Settled = {
  readonly settled: readonly SettledFinding[];
  readonly state: ChainState;
  readonly verdict: StationVerdict;
  /** What does not fit behind what was settled. */
  readonly open: readonly Finding[];
};

/** When it is done, and how findings about what comes behind are named. */
export type SettlingSurroundings = { readonly now: Instant; readonly random: RandomBytes };

/**
 * Settles an open finding, or all of a station: it stays in the database with who, when and why, and the chain is judged anew
 * from there on. A collector that is at work notices it at its next commit.
 * @param which id of a finding; id or name of a station
 * @throws StationError collect.cannot-settle; collect.rights, collect.*: nothing has changed then
 */
export async function settleFindings(
  sql: Sql,
  which: string,
  settlement: Settlement,
  { now, random }: SettlingSurroundings,
): Promise<Settled> {
  await prepareCentral(sql, now);
  const at = isoTime(now);
  return sql.transaction(async () => {
    // First of all: a collector of PostgreSQL waits here until this is done.
    await sql.all("UPDATE central SET settlements = settlements + 1 WHERE one = 1");
    const settled = await mark(sql, which, settlement, at);
    const [{ station, streamSeq } = nothing()] = settled;
    const store = new CentralStore(sql);
    const known = (await store.stations()).find((state) => state.station === station) ?? nothing();
    const intake = await StationIntake.open(store, known);
    const draft = new Draft();
    const newId = (): string => timeOrderedId(now, random);
    const arrival: Arrival = { streamSeq, at, newId, text: () => undefined, name: undefined };
    await intake.resume(draft, arrival);
    const { state, open } = intake;
    await store.judge({ findings: draft.findings, stations: [{ state, open }] });
    return { settled, state, verdict: verdictOf(open), open };
  });
}

/** A station's missing identity is no matter of opinion: nothing of it can be judged. */
const JUDGEABLE = "NOT (position = 0 AND kind IN ('gap', 'changed'))";
/** Also forks and signatures of older versions, which people settled without a name. */
const NAMELESS = "settled_by IS NULL AND (settled_at IS NULL OR kind IN ('fork', 'signature'))";

async function mark(
  sql: Sql,
  which: string,
  { settledBy, settledWhy }: Settlement,
  at: string,
): Promise<readonly SettledFinding[]> {
  const update = async (condition: string, values: readonly SqlValue[]): Promise<readonly SettledFinding[]> => {
    const columns = [...FINDING_COLUMNS, ...SETTLEMENT_COLUMNS].join(", ");
    const rows = await sql.all(
      `UPDATE finding SET settled_at = ?, settled_by = ?, settled_why = ? WHERE ${condition} AND ${JUDGEABLE} RETURNING ${columns}`,
      [at, settledBy, settledWhy, ...values],
    );
    return rows.map(settledFindingOf).toSorted((one, other) => one.position - other.position);
  };
  const one = await update(`id = ? AND ${NAMELESS}`, [which]);
  if (one.length > 0) return one;
  const stations = await sql.all("SELECT id FROM station WHERE id = ? OR name = ? ORDER BY id LIMIT 2", [which, which]);
  if (stations.length > 1) throw refused("several stations have this name", which);
  const [[station] = []] = stations;
  const all = typeof station === "string" ? await update("station = ? AND settled_at IS NULL", [station]) : [];
  if (all.length === 0) throw refused("there is no open finding of this id or station that can be settled", which);
  return all;
}

function nothing(): never {
  throw new StationError("collect.failed", "the station of a finding is missing");
}

function refused(what: string, which: string): StationError {
  return new StationError("collect.cannot-settle", what, { asked: which.slice(0, 64) });
}
