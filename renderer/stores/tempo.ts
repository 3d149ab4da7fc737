import { defineStore } from "pinia";
import { computed, shallowRef } from "vue";
import { usualSpan } from "../screens/line/tally.ts";
import { useStation } from "./station.ts";

/** Runs that the usual time is taken of. */
const KEPT = 64;

/** How long a run of this station usually takes. */
export const useTempo = defineStore("tempo", () => {
  const station = useStation();
  const spans = shallowRef<readonly number[]>([]);
  station.watchSlots((_before, after) => {
    if (after.kind === "finished" && after.outcome === "PASS")
      spans.value = [after.elapsedMs, ...spans.value].slice(0, KEPT);
  });
  const shown = computed(() =>
    (station.facts?.fixture.slots ?? []).flatMap(({ slot }) => {
      const state = station.slotOf(slot).value;
      return state.kind === "finished" && state.outcome === "PASS" ? [state.elapsedMs] : [];
    }),
  );
  /** The median of the last passed runs, in ms; undefined before the first. */
  const usual = computed(() => usualSpan(spans.value.length > 0 ? spans.value : shown.value));
  return { usual };
});
