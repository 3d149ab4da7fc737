import type { Outcome } from "../contract/common.ts";
import type { Admission } from "../contract/order.ts";
import { withLimit, type Clock } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { asStationError, reportOf, type StationError } from "../core/error.ts";
import type { Journal } from "./journal.ts";
import { outcomeOf } from "./outcome.ts";
import type { PhaseRunner } from "./phase-runner.ts";
import type { ReleaseEnd } from "./release-phase.ts";

/** How long the core may take to admit a unit. */
const ADMISSION_LIMIT = seconds(15);

/** What every run has, whatever it is for. */
export type RunFrame = { readonly clock: Clock; readonly journal: Journal };

/** Does a run's work, releases the modem whatever happened, and tells `run.finished`. Never throws. */
export async function wholeRun(
  { clock, journal }: RunFrame,
  work: () => Promise<unknown>,
  release: () => Promise<ReleaseEnd>,
): Promise<Outcome> {
  const begun = clock.monotonic();
  const failure = await errorOfWork(work);
  const released = await release();
  const error = failure ?? released.error;
  const outcome = outcomeOf(error);
  const elapsedMs = Math.max(0, clock.monotonic() - begun);
  const reason = error === undefined ? {} : { error: reportOf(error) };
  journal.tell({ type: "run.finished", outcome, release: released.release, elapsedMs, ...reason });
  return outcome;
}

/** The phase `release`, on a signal of its own: a stopped run is released too. Never throws. */
export async function releasePhase(
  phases: PhaseRunner,
  release: (signal: AbortSignal) => Promise<ReleaseEnd>,
): Promise<ReleaseEnd> {
  const never = new AbortController().signal;
  const released = { release: "unreachable" } as { release: ReleaseEnd["release"] };
  const work = async ({ signal }: { readonly signal: AbortSignal }): Promise<void> => {
    const end = await release(signal);
    released.release = end.release;
    if (end.error !== undefined) throw end.error;
  };
  const error = await errorOfWork(() => phases.run("release", work, { stop: never }));
  return error === undefined ? released : { ...released, error };
}

/**
 * Waits for the core's answer to `unit.identified`.
 * @throws StationError run.admission-silent after 15 s; the signal's reason
 */
export function admissionOf(
  clock: Clock,
  admission: (signal: AbortSignal) => Promise<Admission>,
  signal: AbortSignal,
): Promise<Admission> {
  const onLimit = { code: "run.admission-silent", what: "the station core did not admit the unit" } as const;
  return withLimit(clock, ADMISSION_LIMIT, onLimit, admission, signal);
}

/** The error that work ends with; undefined when it ends well. */
async function errorOfWork(work: () => Promise<unknown>): Promise<StationError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return asStationError(error);
  }
}
