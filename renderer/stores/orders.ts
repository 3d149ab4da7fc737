import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import type { StartRequest } from "../../src/contract/station-request.ts";
import { reportOf, type ErrorReport } from "../../src/core/error.ts";
import type { SlotId } from "../../src/core/ids.ts";
import { serialOf } from "../screens/line/batch-plan.ts";
import { useSession } from "./session.ts";
import { useStation } from "./station.ts";
import { useTray } from "./tray.ts";

/** Starting and stopping; what the station refuses shows as `failure`. */
export const useOrders = defineStore("orders", () => {
  const station = useStation();
  const session = useSession();
  const tray = useTray();
  const failure = shallowRef<ErrorReport>();
  const starting = ref(false);
  /** New simulated boards lie in the tray since the last batch. */
  const renewed = ref(false);

  async function order(slots: readonly SlotId[], serials: StartRequest["serials"]): Promise<void> {
    if (starting.value || slots.length === 0) return;
    if (!session.mayWork) {
      session.asking = true;
      return;
    }
    starting.value = true;
    // Simulated boards cannot be taken out: in training the same units may pass again.
    const again = station.facts?.station.training === true;
    // Where names are entered the station itself records who is signed in.
    const who = session.open && session.operator !== undefined ? { operator: session.operator } : {};
    if (await tried(() => station.start({ slots: [...slots], serials, again, ...who }))) renewed.value = false;
    starting.value = false;
  }

  async function tried(ask: () => Promise<unknown>): Promise<boolean> {
    try {
      await ask();
      failure.value = undefined;
      return true;
    } catch (error) {
      const report = reportOf(error);
      // Nobody is signed in any more, as the window has not heard yet: that is asked for, not shown as a fault.
      if (report.code === "operators.signed-out") session.asking = true;
      else failure.value = report;
      return false;
    }
  }

  /** Starts what is planned in the tray. */
  const start = () => order(tray.plan.slots, tray.plan.serials);

  /** Runs the unit of one slot once more, with its serial. */
  function retry(slot: SlotId): Promise<void> {
    const serial = serialOf(station.slotOf(slot).value);
    return order([slot], serial === undefined ? {} : { [slot]: serial });
  }

  /** Stops all runs. */
  const stop = () => tried(() => station.stop("all"));

  /** Training: lays new simulated boards into the tray. */
  async function renew(): Promise<void> {
    renewed.value = await tried(() => station.renew());
  }

  return { failure, starting, renewed, start, retry, stop, renew };
});
