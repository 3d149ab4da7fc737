import type { Lease, Passed } from "../../contract/line-lease.ts";
import { abortReason, sleep, withLimit, type Clock } from "../../core/clock.ts";
import { milliseconds, type Duration } from "../../core/duration.ts";
import { asStationError, StationError } from "../../core/error.ts";
import type { UnitBuckets } from "./alone-runs.ts";
import type { Applicant } from "./record.ts";
import { elsewhere, takeLease, unreadable, type TakenLease } from "./take-lease.ts";

/** What a claim needs. */
export type ClaimParts = UnitBuckets & {
  readonly clock: Clock;
  /** How long the line may take for its whole answer. */
  readonly limit: Duration;
};

/** A unit that was claimed, and how long that lasts when it is not renewed. */
export type Claimed = { readonly taken: TakenLease; readonly lasts: Duration };

const RETRY = milliseconds(100);

/**
 * Claims a unit: gets its lease, then makes sure that it has not passed before. What was taken is given back when the unit is
 * refused or the limit passes.
 * @param longest how long a lease lasts at most
 * @throws StationError line.unit-elsewhere, line.passed-before, line.lease-unreadable; line.away after the limit; the signal's reason
 */
export async function claimUnit(
  parts: ClaimParts,
  applicant: Applicant,
  lease: Lease,
  longest: Duration,
): Promise<Claimed> {
  const { clock, limit } = parts;
  const attempt: Attempt = {};
  const onLimit = {
    code: "line.away",
    what: "the unit could not be claimed",
    facts: { uuid: applicant.uuid },
  } as const;
  try {
    return await withLimit(
      clock,
      limit,
      onLimit,
      (signal) => claimWith(parts, applicant, lease, longest, attempt, signal),
      applicant.signal,
    );
  } catch (error) {
    giveBack(parts, applicant.uuid, attempt);
    const failure = asStationError(error);
    if (failure.code !== "line.away" || attempt.trouble === undefined) throw failure;
    throw new StationError(failure.code, failure.message, failure.facts, { cause: attempt.trouble });
  }
}

/** What one claim has come to so far. */
type Attempt = { taken?: TakenLease; trouble?: StationError; over?: true };

async function claimWith(
  parts: ClaimParts,
  applicant: Applicant,
  lease: Lease,
  longest: Duration,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Claimed> {
  while (!signal.aborted) {
    try {
      return await claimOnce(parts, applicant, lease, longest, attempt, signal);
    } catch (error) {
      attempt.trouble = asStationError(error);
      if (attempt.trouble.code !== "line.away") throw error;
    }
    await sleep(parts.clock, RETRY, signal);
  }
  throw abortReason(signal);
}

async function claimOnce(
  parts: ClaimParts,
  { uuid, again, provisions }: Applicant,
  lease: Lease,
  longest: Duration,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Claimed> {
  const { leases, passed, clock } = parts;
  const lifetime = await leases.lifetime();
  const answer = await takeLease(leases, uuid, lease, clock, signal);
  if (answer.do === "refuse") throw elsewhere(uuid, answer.holder);
  if (answer.do === "refuse-unreadable") throw unreadable(uuid);
  attempt.taken = answer;
  if (attempt.over === true) giveBack(parts, uuid, attempt);
  if (provisions && !again) {
    const seen = await passed.read(uuid);
    if (seen.kind === "unreadable") throw unreadable(uuid);
    if (seen.kind === "value") throw passedBefore(uuid, seen.value);
  }
  return { taken: answer, lasts: milliseconds(Math.min(longest, lifetime ?? longest)) };
}

/** Gives back what was taken, behind the run's back: what does not arrive ends by itself. */
function giveBack({ leases }: ClaimParts, uuid: string, attempt: Attempt): void {
  attempt.over = true;
  const { taken } = attempt;
  if (taken !== undefined) leases.remove(uuid, taken.revision).catch(() => undefined);
}

function passedBefore(uuid: string, { stationName, run, at, recipe }: Passed): StationError {
  return new StationError("line.passed-before", "the unit passed before on this line", {
    ...{ uuid, station: stationName, run, finishedAt: at, recipe },
  });
}
