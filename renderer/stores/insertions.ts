import { defineStore } from "pinia";
import { computed, ref, shallowRef, watch } from "vue";
import { NO_INSERTIONS } from "../../src/contract/desktop-ports.ts";
import { reportOf, type ErrorReport } from "../../src/core/error.ts";
import { useStationClient } from "../api/station-client.ts";
import { useStation } from "./station.ts";
import { useTray } from "./tray.ts";

/** Starting by plugging in: the main process decides and starts, the window arms it and tells it the scanned serials. */
export const useInsertions = defineStore("insertions", () => {
  const client = useStationClient();
  const station = useStation();
  const tray = useTray();
  const busy = ref(false);
  const refused = shallowRef<ErrorReport>();

  const insertions = computed(() => station.facts?.insertions ?? NO_INSERTIONS);
  const armed = computed(() => insertions.value.armed);
  /** Whether boards of this tray can be seen coming: those on a network cannot, but simulated ones are told of. */
  const possible = computed(() => {
    const { facts } = station;
    if (facts === undefined || facts.insertions === undefined) return false;
    return facts.training !== undefined || facts.fixture.slots.some(({ port }) => !port.startsWith("tcp://"));
  });
  /** Why it could not be armed, or the last board not be started. */
  const fault = computed(() => refused.value ?? insertions.value.fault);

  async function arm(on: boolean): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    try {
      if (on) await tellSerials();
      await client.ask("insertion.arm", { armed: on });
      refused.value = undefined;
    } catch (error) {
      refused.value = reportOf(error);
    } finally {
      busy.value = false;
    }
  }

  async function tellSerials(): Promise<void> {
    await client.ask("insertion.serials", { serials: Object.fromEntries(tray.prepared) });
  }

  // While armed, what is scanned must be known there before the board is plugged in.
  watch(
    () => (armed.value ? JSON.stringify([...tray.prepared]) : undefined),
    (now, before) => {
      if (now !== undefined && before !== undefined) void tellSerials().catch(noteRefusal);
    },
  );

  function noteRefusal(error: unknown): void {
    refused.value = reportOf(error);
  }

  return { armed, possible, fault, busy, arm };
});
