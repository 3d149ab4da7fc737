import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { RecordSource } from "../../../src/contract/history.ts";
import type { RunId } from "../../../src/core/ids.ts";
import { useStationClient } from "../../api/station-client.ts";
import { useStation } from "../../stores/station.ts";
import { filterOf, isFiltered, NO_FILTERS, type FilterForm } from "./filter-form.ts";
import { recordJobs } from "./record-jobs.ts";
import { placeOf } from "./page-book.ts";
import { runList } from "./run-list.ts";

/** Typing, and news of runs, rest this long, in ms, before the record is read. */
const TYPING_REST = 250;

/** The history: filters, the list of runs, export and verification. Lives as long as the window, so that Back comes to the same place. */
export const useHistory = defineStore("history", () => {
  const client = useStationClient();
  const station = useStation();
  const list = runList(client);
  const form = shallowRef<FilterForm>(NO_FILTERS);
  /** Whose runs are listed. */
  const source = ref<RecordSource>("station");
  /** Scroll position: the row at the upper edge. */
  const top = ref(0);
  /** Whole and broken rows that fit. */
  const rowsInSight = ref(1);
  const selected = ref<RunId>();
  /** Runs began or ended since the list was read. */
  const newRuns = ref(0);
  let typing: ReturnType<typeof setTimeout> | undefined;

  const filter = () => filterOf(form.value, new Date(Date.now() + station.ahead));

  /** Reads the list anew, from its first row unless it stays where it is. */
  async function load(stay = false): Promise<void> {
    clearTimeout(typing);
    newRuns.value = 0;
    if (!stay) {
      top.value = 0;
      selected.value = undefined;
    }
    await list.load(filter(), source.value);
  }

  /** Lists the runs of this station, or of the whole line. */
  function turnTo(next: RecordSource): void {
    source.value = next;
    change(next === "station" ? { station: "" } : {});
  }

  /** Sets some filters and reads the list; what is typed waits until the typing rests. */
  function change(some: Partial<FilterForm>, typed = false): void {
    form.value = { ...form.value, ...some };
    clearTimeout(typing);
    if (typed) typing = setTimeout(() => void load(), TYPING_REST);
    else void load();
  }

  /** Follows the runs of the station; the answer ends that. At its upper end the list shows new runs by itself. */
  function follow(): () => void {
    void load(true);
    return station.watchSlots((before, after) => {
      // What happens here reaches the line's database by and by.
      if (source.value === "line") return;
      if (after.kind === "idle" || (before.kind === after.kind && before.runId === after.runId)) return;
      if (top.value === 0) {
        clearTimeout(typing);
        typing = setTimeout(() => void load(true), TYPING_REST);
      } else newRuns.value += before.kind === "running" && after.kind === "finished" ? 0 : 1;
    });
  }

  const filtered = computed(() => isFiltered(form.value));
  /** The selected run's place in the list, while its page is there. */
  const selectedPlace = computed(() =>
    selected.value === undefined ? undefined : placeOf(list.book.value, selected.value),
  );

  const { at: runAt, load: _load, ...listed } = list;
  const shown = { form, top, rowsInSight, selected, selectedPlace, newRuns, filtered, source };
  return { ...shown, load, change, turnTo, follow, ...listed, runAt, ...recordJobs(client, filter, source) };
});
