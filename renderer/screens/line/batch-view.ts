import { PHASES } from "../../../src/contract/common.ts";
import type { BatchFacts } from "../../../src/contract/desktop-snapshot.ts";
import type { SlotState } from "../../../src/contract/slot-state.ts";
import type { BatchSummary } from "../../../src/contract/station-request.ts";
import { madeAt, shortId } from "../../components/short-id.ts";
import { batchTally, type Tally } from "./tally.ts";

/** What the panel tells of the batches: none yet, those that run, or the last one. */
export type BatchView =
  | { readonly kind: "none" }
  | ({ readonly kind: "running"; readonly startedAt: number } & BatchProgress)
  | ({ readonly kind: "finished"; readonly endedAt: number; readonly span: number } & BatchProgress);

type BatchProgress = {
  /** The end of the batch's id; undefined while several run. */
  readonly name: string | undefined;
  readonly units: number;
  readonly tally: Tally;
  /** What of the running units is done, by their phases: 0 to `tally.running`. */
  readonly underway: number;
};

/** The view of running batches, else of the last. Times in ms since 1970, spans in ms. */
export function batchView(
  running: readonly BatchFacts[],
  last: BatchSummary | undefined,
  states: readonly SlotState[],
): BatchView {
  const [first, ...others] = running;
  if (first !== undefined) {
    const slots = new Set(running.flatMap((batch) => batch.slots));
    const taking = states.filter(({ slot }) => slots.has(slot));
    const name = others.length === 0 ? shortId(first.batch) : undefined;
    const startedAt = Math.min(...running.map((batch) => Date.parse(batch.startedAt)));
    return {
      kind: "running",
      startedAt,
      name,
      units: taking.length,
      tally: batchTally(taking),
      underway: underwayOf(taking),
    };
  }
  if (last === undefined) return { kind: "none" };
  const { pass, fail, error, aborted, units } = last;
  const tally: Tally = { ...{ pass, fail, error, aborted }, empty: 0, scan: 0, ready: 0, running: 0 };
  const span = last.seconds * 1000;
  return {
    kind: "finished",
    name: shortId(last.batch),
    endedAt: madeAt(last.batch) + span,
    span,
    units,
    tally,
    underway: 0,
  };
}

function underwayOf(states: readonly SlotState[]): number {
  return states.reduce((sum, state) => sum + (state.kind === "running" ? state.phasesDone / PHASES.length : 0), 0);
}

/** How many runs of a batch have ended. */
export function endedOf({ pass, fail, error, aborted }: Tally): number {
  return pass + fail + error + aborted;
}
