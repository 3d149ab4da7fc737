import type { SlotState } from "../../../src/contract/slot-state.ts";
import type { StartRequest } from "../../../src/contract/station-request.ts";
import { codeEntry } from "../../../src/core/error-codes.ts";
import type { SlotId } from "../../../src/core/ids.ts";

/** The tray and what a person prepared in it. */
export type Tray = {
  /** In the fixture's order. */
  readonly states: readonly SlotState[];
  readonly prepared: ReadonlyMap<SlotId, string>;
  readonly skipped: ReadonlySet<SlotId>;
  readonly needsSerial: boolean;
  /** A batch runs: slots with a result keep it until the tray is emptied. */
  readonly batchRuns: boolean;
  /** Slots at whose port nothing is plugged in. */
  readonly absent?: ReadonlySet<SlotId>;
  /** Slots whose board was plugged in just now and wants its serial; their last result is of another unit. */
  readonly waiting?: ReadonlySet<SlotId>;
  /** Boards that are plugged in start by themselves. */
  readonly armed?: boolean;
};

/** Whether a unit stays in its slot and runs again with the next batch: its ERROR was not its fault and may pass by. */
export function staysIn(state: SlotState): boolean {
  if (state.kind !== "finished" || state.outcome !== "ERROR") return false;
  return state.error === undefined || codeEntry(state.error.code).retry;
}

/** The slot that the next scan is for, in the fixture's order; undefined: every slot has its unit. */
export function nextToScan({ states, prepared, skipped, batchRuns, waiting }: Tray): SlotId | undefined {
  const inserted = states.find(({ slot }) => waiting?.has(slot) === true && !prepared.has(slot));
  if (inserted !== undefined) return inserted.slot;
  const free = states.find((state) => {
    if (prepared.has(state.slot) || skipped.has(state.slot)) return false;
    if (state.kind === "idle") return true;
    return state.kind === "finished" && !batchRuns && !staysIn(state);
  });
  return free?.slot;
}

/** The slots that Start runs, with their serials, in the fixture's order. */
export function nextBatch(tray: Tray): {
  readonly slots: readonly SlotId[];
  readonly serials: StartRequest["serials"];
} {
  const chosen = tray.states.filter((state) => takesPart(state, tray));
  const serials = chosen.flatMap((state) => {
    const serial = tray.prepared.get(state.slot) ?? (staysIn(state) ? serialOf(state) : undefined);
    return serial === undefined ? [] : [[state.slot, serial] as const];
  });
  return { slots: chosen.map(({ slot }) => slot), serials: Object.fromEntries(serials) };
}

function takesPart(state: SlotState, { prepared, skipped, needsSerial, batchRuns, absent }: Tray): boolean {
  if (state.kind === "running") return false;
  if (prepared.has(state.slot)) return true;
  // Nothing is plugged in there: a run could only fail.
  if (skipped.has(state.slot) || batchRuns || absent?.has(state.slot) === true) return false;
  return needsSerial ? staysIn(state) && serialOf(state) !== undefined : true;
}

/** The board serial of a slot's last run. */
export function serialOf(state: SlotState): string | undefined {
  return state.kind === "idle" ? undefined : state.boardSerial;
}
