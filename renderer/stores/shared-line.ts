import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { LineSettings, LineStation } from "../../src/contract/desktop-line.ts";
import { reportOf, type ErrorReport } from "../../src/core/error.ts";
import { useStationClient } from "../api/station-client.ts";

/** How a secret is kept: where the system protects nothing, only for those who insist. */
export type Keeping = "vault" | "unprotected";

/** The line that stations share: what an engineer set, and the stations that its central database knows. */
export const useSharedLine = defineStore("sharedLine", () => {
  const client = useStationClient();
  const settings = shallowRef<LineSettings>();
  const stations = shallowRef<readonly LineStation[]>([]);
  const busy = ref(false);
  const failure = shallowRef<ErrorReport>();
  const stationsFailure = shallowRef<ErrorReport>();

  /** Whether the work succeeded; `failure` tells why not. */
  async function tried(work: () => Promise<LineSettings | null>): Promise<boolean> {
    busy.value = true;
    try {
      settings.value = (await work()) ?? settings.value;
      failure.value = undefined;
      return true;
    } catch (error) {
      failure.value = reportOf(error);
      return false;
    } finally {
      busy.value = false;
    }
  }

  /** Reads who is on the line, where there is a central database. */
  async function loadStations(): Promise<void> {
    if (!hasDatabase.value) {
      stations.value = [];
      return;
    }
    try {
      stations.value = await client.ask("line.stations", null);
      stationsFailure.value = undefined;
    } catch (error) {
      stationsFailure.value = reportOf(error);
    }
  }

  const hasDatabase = computed(() => settings.value !== undefined && settings.value.database.from !== "none");
  const load = () => tried(() => client.ask("line.settings", null));
  const choose = (fromNow: boolean) => tried(() => client.ask("line.choose", { fromNow }));
  const leave = () => tried(() => client.ask("line.leave", null));
  const keepCredentials = (keep: Keeping) => tried(() => client.ask("line.keep-credentials", { keep }));
  const forgetCredentials = () => tried(() => client.ask("line.forget-credentials", null));
  const forgetDatabase = () => tried(() => client.ask("line.forget-database", null));
  const keepDatabase = (address: string, keep: Keeping) =>
    tried(() => client.ask("line.keep-database", { address, keep }));
  const restart = () => tried(() => client.ask("line.restart", null));
  /** Shows the conflicts no longer. */
  const seen = () => tried(() => client.ask("line.seen", null));

  const acts = { choose, leave, keepCredentials, forgetCredentials, keepDatabase, forgetDatabase, restart, seen };
  return { settings, stations, busy, failure, stationsFailure, hasDatabase, load, loadStations, ...acts };
});
