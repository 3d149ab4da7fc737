import type { RunEvent } from "../contract/run-event.ts";
import type { Clock } from "../core/clock.ts";
import { reportOf, type StationError } from "../core/error.ts";
import type { RunId, SlotId } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import { outcomeOf } from "../run/outcome.ts";

/** The one event of a run that was never begun: its last. */
export function refusedRun(runId: RunId, slot: SlotId, error: StationError, clock: Clock): RunEvent {
  const stamp = { runId, slot, seq: 1, at: isoTime(clock.now()) };
  const outcome = outcomeOf(error);
  return { type: "run.finished", ...stamp, outcome, release: "untouched", elapsedMs: 0, error: reportOf(error) };
}
