import { defineStore } from "pinia";
import { computed, shallowRef } from "vue";
import type { SlotState } from "../../src/contract/slot-state.ts";
import { usualSpan } from "../screens/line/tally.ts";
import { useStation } from "./station.ts";

/** Runs that the usual time is taken of. */
const KEPT = 64;

/** Whether a run tells how long units take: it passed, and did the whole work. */
function isUsual(state: SlotState): state is Extract<SlotState, { kind: "finished" }> {
  return state.kind === "finished" && state.outcome === "PASS" && state.purpose === undefined;
}

/** How long a run of this station usually takes. */
export const useTempo = defineStore("tempo", () => {
  const station = useStation();
  const spans = shallowRef<readonly number[]>([]);
  station.watchSlots((_before, after) => {
    if (isUsual(after)) spans.value = [after.elapsedMs, ...spans.value].slice(0, KEPT);
  });
  const shown = computed(() =>
    (station.facts?.fixture.slots ?? []).flatMap(({ slot }) => {
      const state = station.slotOf(slot).value;
      return isUsual(state) ? [state.elapsedMs] : [];
    }),
  );
  /** The median of the last passed runs, in ms; undefined before the first. */
  const usual = computed(() => usualSpan(spans.value.length > 0 ? spans.value : shown.value));
  return { usual };
});
