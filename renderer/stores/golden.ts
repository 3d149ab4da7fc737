import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import type { GoldenFacts, GoldenRun } from "../../src/contract/desktop-golden.ts";
import { reportOf, type ErrorReport } from "../../src/core/error.ts";
import type { SlotId } from "../../src/core/ids.ts";
import { useStationClient } from "../api/station-client.ts";
import { useOrders } from "./orders.ts";
import { useStation } from "./station.ts";

/** How often the facts are asked for while somebody looks: a check grows old by itself. In ms. */
const LOOK_EVERY = 60_000;

/** Looks now and every so often; the answer ends that. */
function always(look: () => void): () => void {
  look();
  const timer = setInterval(look, LOOK_EVERY);
  return () => clearInterval(timer);
}

/** The golden unit: what is known of it, its checks, and what an engineer sets. */
export const useGolden = defineStore("golden", () => {
  const client = useStationClient();
  const station = useStation();
  const orders = useOrders();
  const facts = shallowRef<GoldenFacts>({ everyHours: null });
  /** A run on the golden unit is under way. */
  const busy = ref(false);
  /** How the last run of this window ended. */
  const ended = shallowRef<Pick<GoldenRun, "outcome" | "error">>();
  const failure = shallowRef<ErrorReport>();

  function adopt(told: GoldenFacts): void {
    facts.value = told;
    // What kept production back is over: it need not be read any longer.
    if (told.refusal === undefined && orders.failure?.code.startsWith("station.golden-") === true)
      orders.failure = undefined;
  }

  async function tried(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      failure.value = undefined;
    } catch (error) {
      failure.value = reportOf(error);
    }
  }

  const read = () => tried(async () => adopt(await client.ask("golden.read", null)));

  async function run(ask: () => Promise<GoldenRun>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    ended.value = undefined;
    await tried(async () => {
      const told = await ask();
      ended.value = told;
      adopt(told.facts);
    });
    busy.value = false;
  }

  const check = (slot: SlotId) => run(() => client.ask("golden.check", { slot }));
  const learn = (slot: SlotId, name: string) => run(() => client.ask("golden.learn", { slot, name }));
  const require = (everyHours: number | null) =>
    tried(async () => adopt(await client.ask("golden.rule", { everyHours })));

  /** Keeps the facts fresh from now on; the answer ends that. */
  function follow(): () => void {
    const ends = [station.watchBatches(() => void read()), always(() => void read())];
    return () => {
      for (const end of ends) end();
    };
  }

  /** Forgets how the last run ended, as somebody begins anew. */
  function begin(): void {
    ended.value = undefined;
    failure.value = undefined;
  }

  return { facts, busy, ended, failure, follow, begin, check, learn, require };
});
