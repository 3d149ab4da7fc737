import type { Outcome } from "../../../src/contract/common.ts";
import type { SlotState } from "../../../src/contract/slot-state.ts";
import type { ErrorReport } from "../../../src/core/error.ts";
import type { SlotId } from "../../../src/core/ids.ts";
import { faultFamily, type FaultFamily } from "./fault-family.ts";

/** Whether the unit is known to be untouched: nothing was written to it. */
export type UnitCondition = "fine" | "unsure" | "failed";

/** Something that a person must do; slots with the same fault stand together. */
export type Need = {
  readonly key: string;
  readonly outcome: Exclude<Outcome, "PASS">;
  readonly slots: readonly SlotId[];
  readonly family: FaultFamily;
  readonly condition: UnitCondition;
  readonly error: ErrorReport | undefined;
  /** When the newest of them ended, ms since 1970. */
  readonly endedAt: number;
};

type Finished = Extract<SlotState, { kind: "finished" }>;

/** What needs a person in the tray, newest first. `handled` slots have their next unit already. */
export function needsOf(states: readonly SlotState[], handled: (slot: SlotId) => boolean): readonly Need[] {
  const needs = new Map<string, Need>();
  for (const state of states) {
    if (state.kind !== "finished" || state.outcome === "PASS" || handled(state.slot)) continue;
    const need = needOf(state, state.outcome);
    const known = needs.get(need.key);
    const slots = [...(known?.slots ?? []), state.slot];
    needs.set(need.key, { ...need, slots, endedAt: Math.max(need.endedAt, known?.endedAt ?? 0) });
  }
  return [...needs.values()].sort((one, other) => other.endedAt - one.endedAt);
}

function needOf(state: Finished, outcome: Need["outcome"]): Need {
  const family = state.error === undefined ? "stopped" : faultFamily(state.error.code);
  const condition = conditionOf(state);
  const key = [outcome, state.error?.code ?? "", condition].join(" ");
  const endedAt = Date.parse(state.startedAt) + state.elapsedMs;
  return { key, outcome, slots: [], family, condition, error: state.error, endedAt };
}

/** The unit of an ERROR or ABORTED is fine as long as no command was sent to it and its modem was left in order. */
export function conditionOf(state: Finished): UnitCondition {
  if (state.outcome === "FAIL") return "failed";
  const untouched = state.commandsTotal === 0 && state.release !== "unreachable";
  return untouched || state.phasesDone < 2 ? "fine" : "unsure";
}
