import { defineStore } from "pinia";
import { computed, shallowReactive, shallowRef, watchEffect } from "vue";
import type { SlotId } from "../../src/core/ids.ts";
import { nextBatch, nextToScan, type Tray } from "../screens/line/batch-plan.ts";
import { promptOf } from "../screens/line/scan-prompt.ts";
import { judgeScan, type Refusal } from "../screens/line/scan-rules.ts";
import { useStation } from "./station.ts";

/** What is plugged in, each a value of its own that changes only when its slots do. */
function pluggedIn() {
  const station = useStation();
  return {
    absent: slotSet(() => station.facts?.insertions?.absent),
    waiting: slotSet(() => station.facts?.insertions?.waiting),
    armed: computed(() => station.facts?.insertions?.armed === true),
  };
}

/** Slots as a set that stays the same object while they are the same. */
function slotSet(read: () => readonly SlotId[] | undefined) {
  const key = computed(() => JSON.stringify(read() ?? []));
  return computed((): ReadonlySet<SlotId> => new Set(JSON.parse(key.value) as SlotId[]));
}

/** What a person prepares in the tray for the next batch. */
export const useTray = defineStore("tray", () => {
  const station = useStation();
  const prepared = shallowReactive(new Map<SlotId, string>());
  const skipped = shallowReactive(new Set<SlotId>());
  const refusal = shallowRef<Refusal>();
  const taken = shallowRef<{ readonly serial: string; readonly slot: SlotId }>();

  const rule = computed(() => station.facts?.recipe.boardSerial);
  const needsSerial = computed(() => rule.value?.required === true);
  const { absent, waiting, armed } = pluggedIn();
  const tray = computed((): Tray => ({
    states: (station.facts?.fixture.slots ?? []).map(({ slot }) => station.slotOf(slot).value),
    prepared: new Map(prepared),
    skipped: new Set(skipped),
    needsSerial: needsSerial.value,
    batchRuns: station.running,
    ...{ absent: absent.value, waiting: waiting.value, armed: armed.value },
  }));
  /** The slot that the next scan is for. */
  const target = computed(() => nextToScan(tray.value));
  /** The one thing to do next. */
  const prompt = computed(() => promptOf(tray.value, target.value));
  /** The slot that waits for a scan; by itself, so that news of one slot ask nothing of the other tiles. */
  const awaited = shallowRef<SlotId>();
  watchEffect(() => {
    awaited.value = prompt.value.ask === "scan" ? prompt.value.slot : undefined;
  });
  /** What Start runs. */
  const plan = computed(() => nextBatch(tray.value));

  /** Takes or refuses a scanned text; tells which. */
  function scan(text: string): boolean {
    const { states } = tray.value;
    const verdict = judgeScan(text, { target: target.value, pattern: rule.value?.pattern, prepared, states });
    refusal.value = verdict.kind === "refused" ? verdict.refusal : undefined;
    if (verdict.kind === "refused") return false;
    prepared.set(verdict.slot, verdict.serial);
    taken.value = verdict;
    return true;
  }

  /** No unit lies in the slot that is next. */
  function skip(): void {
    if (target.value !== undefined) skipped.add(target.value);
    refusal.value = undefined;
  }

  /** Makes a slot free for a scan again: its serial is dropped, it counts as filled. */
  function reopen(slot: SlotId): void {
    prepared.delete(slot);
    skipped.delete(slot);
    refusal.value = undefined;
  }

  station.watchSlots((before, after) => {
    if (after.kind !== "running" || (before.kind === "running" && before.runId === after.runId)) return;
    prepared.delete(after.slot);
    skipped.delete(after.slot);
  });

  const told = { tray, absent, prepared, skipped, rule, needsSerial, target, prompt, awaited, plan, taken, refusal };
  return { ...told, scan, skip, reopen };
});
