import { defineStore } from "pinia";
import { computed, ref, shallowRef, type Ref } from "vue";
import type { DesktopNews, NewsBundle } from "../../src/contract/desktop-news.ts";
import type { DesktopSnapshot, Shift } from "../../src/contract/desktop-snapshot.ts";
import type { SlotState } from "../../src/contract/slot-state.ts";
import type { BatchSummary, StartRequest } from "../../src/contract/station-request.ts";
import { reportOf, type ErrorReport } from "../../src/core/error.ts";
import type { SlotId } from "../../src/core/ids.ts";
import { useStationClient, type StationClient } from "../api/station-client.ts";
import { Listeners } from "./listeners.ts";
import { NewsGate } from "./news-gate.ts";
import { useSettings } from "./settings.ts";
import { slotTable } from "./slot-table.ts";

/** What a snapshot tells besides the slots, kept up to date by the news. */
export type StationFacts = Omit<DesktopSnapshot, "news" | "at" | "slots" | "settings">;

/** Pause before a snapshot that failed is asked for again, ms. */
const LOAD_AGAIN = 2000;

/**
 * Takes a snapshot over when told to. A failure shows as `fault`; what is on the screen already may be out of date then, and is
 * asked for again after a while.
 */
function loading(takeOver: () => Promise<void>, { facts, fault }: Shown) {
  let again: ReturnType<typeof setTimeout> | undefined;
  const rest = (): void => clearTimeout(again);
  const load = async (): Promise<void> => {
    rest();
    try {
      await takeOver();
      fault.value = undefined;
    } catch (error) {
      fault.value = reportOf(error);
      if (facts.value !== undefined) again = setTimeout(() => void load(), LOAD_AGAIN);
    }
  };
  return { load, rest };
}

type Shown = { readonly facts: Ref<StationFacts | undefined>; readonly fault: Ref<ErrorReport | undefined> };

/** The station as the main process tells it: one snapshot, then news in order. */
export const useStation = defineStore("station", () => {
  const client = useStationClient();
  const settings = useSettings();
  const slots = slotTable();
  const facts = shallowRef<StationFacts>();
  const fault = shallowRef<ErrorReport>();
  /** What the station's clock is ahead of the window's, in ms. */
  const ahead = ref(0);
  const gate = new NewsGate(take, () => void load());
  /** Told after news changed a slot, and after a batch has finished. */
  const slotChanges = new Listeners<[before: SlotState, after: SlotState]>();
  const batchEnds = new Listeners<[BatchSummary]>();

  function adopt(snapshot: DesktopSnapshot): void {
    const { news, at, slots: states, settings: told, ...rest } = snapshot;
    ahead.value = Date.parse(at) - Date.now();
    facts.value = rest;
    settings.adopt(told);
    for (const state of states) slots.set(state);
    gate.open(news);
  }

  function take(news: DesktopNews): void {
    if (news.kind === "configured") void load();
    if (news.kind !== "run") {
      if (facts.value !== undefined) facts.value = factsAfter(facts.value, news);
      if (news.kind === "batch.finished") batchEnds.tell(news.summary);
      return;
    }
    const before = slots.of(news.state.slot).value;
    slots.set(news.state);
    slotChanges.tell(before, news.state);
  }

  const { load, rest } = loading(async () => adopt(await client.ask("snapshot", null)), { facts, fault });

  /** Begins to listen, then loads; the answer ends the listening. */
  function follow(): () => void {
    const end = client.listen("news", (bundle: NewsBundle) => gate.pass(bundle));
    void load();
    return () => {
      rest();
      end();
    };
  }

  const running = computed(() => (facts.value?.batches.length ?? 0) > 0);
  /** Takes over a shift that an answer told. */
  function adoptShift(shift: Shift): void {
    if (facts.value !== undefined) facts.value = { ...facts.value, shift };
  }

  const listening = { watchSlots: slotChanges.add, watchBatches: batchEnds.add };
  return { facts, fault, ahead, running, slotOf: slots.of, follow, load, ...listening, ...orders(client), adoptShift };
});

/** What is asked of the station; each fails with the StationError of its request. */
function orders(client: StationClient) {
  return {
    start: (request: StartRequest) => client.ask("start", request),
    stop: (slot: SlotId | "all") => client.ask("abort", { slot }),
    /** Training mode only: lays new simulated boards into the tray. */
    renew: () => client.ask("training.renew", null),
  };
}

/** The facts after news that are not of a slot. */
function factsAfter(facts: StationFacts, news: Exclude<DesktopNews, { kind: "run" }>): StationFacts {
  switch (news.kind) {
    case "batch.started": {
      // A batch that could be recorded proves that the record is well again.
      const { storeFailure: _over, ...rest } = facts;
      const { batch, startedAt, slots } = news;
      return { ...rest, batches: [...facts.batches, { batch, startedAt, slots }] };
    }
    case "batch.finished":
      return { ...withoutBatch(facts, news.summary.batch), lastBatch: news.summary };
    case "batch.failed":
      return { ...withoutBatch(facts, news.batch), storeFailure: news.error };
    case "store.failed":
      return { ...facts, storeFailure: news.error };
    case "shift":
      return { ...facts, shift: news.shift };
    case "insertions":
      return { ...facts, insertions: news.insertions };
    case "shared-line":
      return { ...facts, sharedLine: news.line };
    case "session":
      return { ...facts, session: news.session };
    case "worker.lost":
    case "configured":
      return facts;
  }
}

function withoutBatch(facts: StationFacts, batch: string): StationFacts {
  return { ...facts, batches: facts.batches.filter((running) => running.batch !== batch) };
}
