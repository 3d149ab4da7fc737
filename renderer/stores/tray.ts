import { defineStore } from "pinia";
import { computed, ref, shallowReactive, shallowRef } from "vue";
import type { StartRequest } from "../../src/contract/station-request.ts";
import { reportOf, type ErrorReport } from "../../src/core/error.ts";
import type { SlotId } from "../../src/core/ids.ts";
import { nextBatch, nextToScan, serialOf, type Tray } from "../screens/line/batch-plan.ts";
import { judgeScan, type Refusal } from "../screens/line/scan-rules.ts";
import { useSettings } from "./settings.ts";
import { useStation } from "./station.ts";

/** What a person prepares in the tray for the next batch, and the way to start and stop it. */
export const useTray = defineStore("tray", () => {
  const station = useStation();
  const settings = useSettings();
  const prepared = shallowReactive(new Map<SlotId, string>());
  const skipped = shallowReactive(new Set<SlotId>());
  const refusal = shallowRef<Refusal>();
  const taken = shallowRef<{ readonly serial: string; readonly slot: SlotId }>();
  const failure = shallowRef<ErrorReport>();
  const starting = ref(false);

  const places = computed(() => station.facts?.fixture.slots ?? []);
  const rule = computed(() => station.facts?.recipe.boardSerial);
  const tray = computed((): Tray => ({
    states: places.value.map(({ slot }) => station.slotOf(slot).value),
    prepared: new Map(prepared),
    skipped: new Set(skipped),
    needsSerial: rule.value?.required === true,
    batchRuns: station.running,
  }));
  const target = computed(() => nextToScan(tray.value));
  const plan = computed(() => nextBatch(tray.value));

  /** Takes or refuses a scanned text. */
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

  async function order(request: Pick<StartRequest, "slots" | "serials">): Promise<void> {
    if (starting.value || (request.slots?.length ?? 0) === 0) return;
    starting.value = true;
    const { operator } = settings.settings;
    // Simulated boards cannot be taken out: in training the same units may pass again.
    const again = station.facts?.station.training === true;
    try {
      await station.start({ ...request, again, ...(operator === null ? {} : { operator }) });
      failure.value = undefined;
    } catch (error) {
      failure.value = reportOf(error);
    } finally {
      starting.value = false;
    }
  }

  /** Starts what is planned; a refusal shows as `failure`. */
  const start = () => order({ slots: [...plan.value.slots], serials: plan.value.serials });

  /** Runs the unit of one slot once more, with its serial. */
  function retry(slot: SlotId): Promise<void> {
    const serial = serialOf(station.slotOf(slot).value);
    return order({ slots: [slot], serials: serial === undefined ? {} : { [slot]: serial } });
  }

  /** Stops all runs; a refusal shows as `failure`. */
  async function stop(): Promise<void> {
    try {
      await station.stop("all");
    } catch (error) {
      failure.value = reportOf(error);
    }
  }

  station.watchSlots((before, after) => {
    if (after.kind !== "running" || (before.kind === "running" && before.runId === after.runId)) return;
    prepared.delete(after.slot);
    skipped.delete(after.slot);
  });

  return {
    places,
    tray,
    prepared,
    skipped,
    target,
    plan,
    taken,
    refusal,
    failure,
    starting,
    ...{ rule, scan, skip, reopen, start, retry, stop },
  };
});
