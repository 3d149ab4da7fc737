import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { RecordSource } from "../../../src/contract/history.ts";
import { useStationClient } from "../../api/station-client.ts";
import { useStation } from "../../stores/station.ts";
import { FIRST_FORM, modeOf, reportFilter, type FormFacts, type ReportForm } from "./report-form.ts";
import { reportReading } from "./report-reading.ts";

/** The report: what is asked for, its figures, and how far their reading is. Lives as long as the window. */
export const useReport = defineStore("report", () => {
  const station = useStation();
  const { read, ...reading } = reportReading(useStationClient());
  const form = shallowRef<ReportForm>(FIRST_FORM);

  /** Whose runs are counted. */
  const source = ref<RecordSource>("station");

  const facts = (): FormFacts => ({
    now: new Date(Date.now() + station.ahead),
    shiftSince: station.facts?.shift.since ?? new Date(0).toISOString(),
    training: station.facts?.station.training === true,
  });
  const mode = computed(() => modeOf(form.value, { training: station.facts?.station.training === true }));

  /** Reads the figures of the filters; what was being read is given up. */
  function load(): Promise<void> {
    const { timeZone: zone } = new Intl.DateTimeFormat().resolvedOptions();
    return read({ filter: reportFilter(form.value, facts()), zone }, source.value);
  }

  /** Sets some filters and reads anew. */
  function change(some: Partial<ReportForm>): void {
    form.value = { ...form.value, ...some };
    void load();
  }

  /** Counts the runs of this station, or of the whole line. */
  function turnTo(next: RecordSource): void {
    source.value = next;
    change(next === "station" ? { station: "" } : { slot: "", fixture: "" });
  }

  /** Reads now and after every batch; the answer ends that. */
  function follow(): () => void {
    void load();
    return station.watchBatches(() => void load());
  }

  return { form, mode, source, ...reading, load, change, turnTo, follow };
});
