import type { SlotState } from "../../src/contract/slot-state.ts";

/** How long a slot's run has lasted at `now` (the station's clock, ms since 1970), or lasted in all; ms. */
export function runSpan(state: SlotState, now: number): number | undefined {
  if (state.kind === "idle") return undefined;
  return state.kind === "finished" ? state.elapsedMs : Math.max(0, now - Date.parse(state.startedAt));
}
