import type { Watch } from "../audit/verify-database.ts";
import { abortReason } from "../core/clock.ts";
import { CentralStore } from "./central-store.ts";
import { identified, unknownStation, type ChainState } from "./chain-state.ts";
import type { Observation } from "./finding.ts";
import { follow, rowMisfit } from "./judge.ts";
import { passMissing, passRow, SettledPlaces } from "./settled-places.ts";
import type { Sql } from "./sql.ts";

/** Whether the events of a station are in the central database as the station wrote them. */
export type StationCheck = {
  readonly station: string;
  readonly name: string;
  readonly key: string | undefined;
  /** All holds up to here. */
  readonly position: number;
  readonly signedUpTo: number;
  /** Places that do not fit and that people have settled. */
  readonly settled: number;
} & ({ readonly ok: true } | { readonly ok: false; readonly misfit: Observation });

/** Rows that are held at a time. */
const PAGE = 500;

/**
 * Checks every row of every station anew, from its identity on: whoever changes the central database itself is found here.
 * @throws StationError collect.*; the signal's reason
 */
export async function verifyCentral(
  sql: Sql,
  { signal }: Pick<Watch, "signal"> = {},
): Promise<readonly StationCheck[]> {
  const store = new CentralStore(sql);
  const checks: StationCheck[] = [];
  for (const known of await store.stations()) checks.push(await checkStation(store, known, signal));
  return checks;
}

async function checkStation(
  store: CentralStore,
  { station, name, identity, top }: ChainState,
  signal: AbortSignal | undefined,
): Promise<StationCheck> {
  const start = unknownStation(station);
  let state = identity === undefined ? start : identified(start, identity);
  const places = new SettledPlaces(store, station);
  let settled = 0;
  const verdict = (misfit?: Observation): StationCheck => {
    const { position, signedUpTo } = state;
    const facts = { station, name, key: identity?.thumbprint, position, signedUpTo, settled };
    return misfit === undefined ? { ...facts, ok: true } : { ...facts, ok: false, misfit };
  };
  const missing = (position: number): StationCheck =>
    verdict({ kind: "gap", position, lastPosition: position, what: "the row is missing" });
  if (identity === undefined) return missing(0);
  for (;;) {
    if (signal?.aborted === true) throw abortReason(signal);
    const next = state.position + 1;
    // To the last row there is, as `top` may have been changed too.
    const rows = await store.eventsFrom(station, next, PAGE);
    if (rows.length === 0) return next > top || (await places.areMissing(next, top)) ? verdict() : missing(next);
    for (const row of rows) {
      if (row.position !== state.position + 1) {
        if (!(await places.areMissing(state.position + 1, row.position - 1))) return missing(state.position + 1);
        state = passMissing(state, row);
        settled += 1;
      }
      const misfit = rowMisfit(row);
      if (misfit !== undefined) return verdict(misfit);
      const step = await follow(state, row, (position) => store.hashAt(station, position));
      if ("state" in step) state = step.state;
      else if (await places.has(step.misfit)) {
        state = passRow(state, row);
        settled += 1;
      } else return verdict(step.misfit);
    }
  }
}
