import type { SlotState } from "../../../src/contract/slot-state.ts";
import { lookOf, type TileLook } from "./tile-look.ts";
import type { Tray } from "./batch-plan.ts";

/** How many slots have which look. */
export type Tally = Readonly<Record<TileLook, number>>;

const NOTHING: Tally = { empty: 0, scan: 0, ready: 0, running: 0, pass: 0, fail: 0, error: 0, aborted: 0 };

/** Counts the tray's slots by look. */
export function tallyOf({ states, prepared, skipped, needsSerial, absent }: Tray): Tally {
  return states.reduce((tally, state) => {
    const { slot } = state;
    const look = lookOf(state, {
      ...{ serial: prepared.get(slot), skipped: skipped.has(slot), needsSerial },
      absent: absent?.has(slot) === true,
    });
    return { ...tally, [look]: tally[look] + 1 };
  }, NOTHING);
}

/** The runs of these slots that have ended, by outcome, and those still running. */
export function batchTally(states: readonly SlotState[]): Tally {
  return states.reduce((tally, state) => {
    if (state.kind === "idle") return { ...tally, running: tally.running + 1 };
    const look = lookOf(state, { skipped: false, needsSerial: false });
    return { ...tally, [look]: tally[look] + 1 };
  }, NOTHING);
}

/** The median of what runs took, in ms; undefined of none. */
export function usualSpan(spans: readonly number[]): number | undefined {
  const sorted = [...spans].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * About how long the runs will still take at `now` (ms since 1970, the station's clock), judged by what passed runs took;
 * undefined as long as nothing is known.
 */
export function timeLeft(states: readonly SlotState[], usual: number | undefined, now: number): number | undefined {
  if (usual === undefined) return undefined;
  const left = states.flatMap((state) =>
    state.kind === "running" ? [usual - (now - Date.parse(state.startedAt))] : [],
  );
  return left.length === 0 ? undefined : Math.max(...left);
}
