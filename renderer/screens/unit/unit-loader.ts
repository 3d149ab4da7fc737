import { onBeforeUnmount, shallowRef, watch } from "vue";
import type { RunDetail } from "../../../src/contract/desktop-history.ts";
import type { RecordSource, RunRecord } from "../../../src/contract/history.ts";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import type { RunId } from "../../../src/core/ids.ts";
import type { StationClient } from "../../api/station-client.ts";
import { useStationClient } from "../../api/station-client.ts";
import { useStation } from "../../stores/station.ts";
import { unitName } from "./unit-facts.ts";

/** News of a running run come in quick succession: its record is read again after this rest, in ms. */
const NEWS_REST = 400;
/** Runs of the same unit that are listed. */
const LISTED = 50;

/** What the screen shows: nothing yet, a run with its unit's runs, that there is no such run, or why it cannot be read. */
export type UnitState =
  | { readonly kind: "loading" }
  | { readonly kind: "shown"; readonly detail: NonNullable<RunDetail>; readonly runs: readonly RunRecord[] }
  | { readonly kind: "missing" }
  | { readonly kind: "failed"; readonly error: ErrorReport };

/** Reads a run, and again while it goes on; without an id the newest run. `source`: whose record it is in. */
export function useUnit(runId: () => RunId | undefined, source: () => RecordSource = () => "station") {
  const client = useStationClient();
  const station = useStation();
  const state = shallowRef<UnitState>({ kind: "loading" });
  let round = 0;
  let rest: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    const mine = (round += 1);
    const next = await readUnit(client, runId(), source());
    if (mine === round) state.value = next;
  }

  watch(runId, () => {
    state.value = { kind: "loading" };
    void load();
  });
  const end = station.watchSlots((_before, after) => {
    const shown = state.value.kind === "shown" ? state.value.detail.run.id : undefined;
    if (after.kind === "idle" || after.runId !== shown) return;
    clearTimeout(rest);
    rest = setTimeout(() => void load(), NEWS_REST);
  });
  onBeforeUnmount(() => {
    end();
    clearTimeout(rest);
    round = -1;
  });
  void load();

  return { state, load };
}

async function readUnit(client: StationClient, id: RunId | undefined, source: RecordSource): Promise<UnitState> {
  const whose = source === "line" ? { source } : {};
  try {
    const wanted = id ?? (await newestRun(client));
    const detail = wanted === undefined ? null : await client.ask("history.run", { id: wanted, ...whose });
    if (detail === null) return { kind: "missing" };
    const unit = detail.run.uuid ?? unitName(detail.run);
    if (unit === undefined) return { kind: "shown", detail, runs: [] };
    const { runs } = await client.ask("history.runs", { query: { filter: { unit }, limit: LISTED }, ...whose });
    return { kind: "shown", detail, runs };
  } catch (error) {
    return { kind: "failed", error: reportOf(error) };
  }
}

async function newestRun(client: StationClient): Promise<RunId | undefined> {
  const { runs } = await client.ask("history.runs", { query: { filter: {}, limit: 1 } });
  return runs[0]?.id;
}
