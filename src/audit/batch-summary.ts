import type { Outcome } from "../contract/common.ts";
import type { BatchSummary } from "../contract/station-request.ts";
import { quantity } from "../core/fact.ts";
import { StationError } from "../core/error.ts";
import type { BatchId } from "../core/ids.ts";

/**
 * How the runs of a batch ended.
 * @param seconds how long the batch took
 * @throws StationError audit.open-runs while a run is in progress
 */
export function summarise(batch: BatchId, outcomes: readonly (Outcome | null)[], seconds: number): BatchSummary {
  const open = outcomes.filter((outcome) => outcome === null).length;
  if (open > 0)
    throw new StationError("audit.open-runs", "the batch has runs in progress", {
      batch,
      open: quantity(open, "items"),
    });
  const count = (outcome: Outcome): number => outcomes.filter((each) => each === outcome).length;
  return {
    batch,
    units: outcomes.length,
    pass: count("PASS"),
    fail: count("FAIL"),
    error: count("ERROR"),
    aborted: count("ABORTED"),
    seconds,
  };
}
