import type { Lease } from "../../contract/line-lease.ts";
import { abortReason, type Clock } from "../../core/clock.ts";
import { StationError } from "../../core/error.ts";
import { claimStep, type ClaimStep } from "./decide.ts";
import type { UnitKeys } from "./keys.ts";

/** A lease that is held: what was written last, and when that was sent (ms on the clock that never jumps). */
export type TakenLease = { readonly revision: number; readonly sentAt: number };

/** What came of trying to get a lease. */
export type LeaseAnswer = ({ readonly do: "taken" } & TakenLease) | Exclude<ClaimStep, { do: "write" }>;

/** How often something else may be written in between before it is given up. */
const ATTEMPTS = 8;

/**
 * Gets the lease of a unit, unless another station has it.
 * @param signal nothing is written once it has aborted: an attempt that was given up must not take the unit from the same run's next one
 * @throws StationError line.*: it may have been taken all the same; the signal's reason
 */
export async function takeLease(
  leases: UnitKeys<Lease>,
  uuid: string,
  lease: Lease,
  clock: Clock,
  signal?: AbortSignal,
): Promise<LeaseAnswer> {
  let over = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (signal?.aborted === true) throw abortReason(signal);
    const sentAt = clock.monotonic();
    const revision = await leases.write(uuid, lease, over);
    if (revision !== undefined) return { do: "taken", revision, sentAt };
    const step = claimStep(await leases.read(uuid), lease.station);
    if (step.do !== "write") return step;
    over = step.revision;
  }
  throw restless(uuid);
}

/** The error of an entry that others keep writing. */
export function restless(uuid: string): StationError {
  return new StationError("line.away", "the unit's entry changes all the time", { uuid });
}

/** The refusal of a unit that another station works on. */
export function elsewhere(uuid: string, { stationName, slot, run, at }: Lease): StationError {
  return new StationError("line.unit-elsewhere", "another station works on the unit", {
    ...{ uuid, station: stationName, slot, run, since: at },
  });
}

/** The refusal of a unit whose entry cannot be read. */
export function unreadable(uuid: string): StationError {
  return new StationError("line.lease-unreadable", "the unit's entry cannot be read", { uuid });
}
