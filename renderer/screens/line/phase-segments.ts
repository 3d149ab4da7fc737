import { PHASES } from "../../../src/contract/common.ts";
import type { SlotState } from "../../../src/contract/slot-state.ts";

/** What of a phase is done, 0 to 1, when its commands are not known. */
const BEGUN = 0.35;

/** The seven phases of a running slot as shares done, 0 to 1 each. */
export function phaseShares(state: Extract<SlotState, { kind: "running" }>): readonly number[] {
  const current = PHASES.indexOf(state.phase);
  return PHASES.map((phase, index) => {
    if (index < Math.min(state.phasesDone, current)) return 1;
    if (index !== current) return index < current ? 1 : 0;
    if (phase !== "provision" || state.commandsTotal === 0) return BEGUN;
    return Math.min(0.95, Math.max(0.1, state.commandsDone / state.commandsTotal));
  });
}

/** The number of the phase that a running slot is in, from 1. */
export function phaseNumber(state: Extract<SlotState, { kind: "running" }>): number {
  return PHASES.indexOf(state.phase) + 1;
}
