import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { Report } from "../../../src/contract/report.ts";
import { asStationError, reportOf, type ErrorReport } from "../../../src/core/error.ts";
import { useStationClient } from "../../api/station-client.ts";
import { useStation } from "../../stores/station.ts";
import { FIRST_FORM, modeOf, reportFilter, type FormFacts, type ReportForm } from "./report-form.ts";

/** How the report stands: what is shown may be of earlier filters while newer ones are read. */
export type ReportState =
  { readonly kind: "none" } | { readonly kind: "shown" } | { readonly kind: "failed"; readonly error: ErrorReport };

/** The report: what is asked for, its figures, and how far their reading is. Lives as long as the window. */
export const useReport = defineStore("report", () => {
  const client = useStationClient();
  const station = useStation();
  const form = shallowRef<ReportForm>(FIRST_FORM);
  const report = shallowRef<Report>();
  const state = shallowRef<ReportState>({ kind: "none" });
  /** 0 to 1 while the record is read; undefined while it is not, or not yet known. */
  const share = ref<number>();
  const reading = ref(false);
  const jobs = { prefix: `report-${Date.now().toString(36)}`, count: 0, current: "" };

  const facts = (): FormFacts => ({
    now: new Date(Date.now() + station.ahead),
    shiftSince: station.facts?.shift.since ?? new Date(0).toISOString(),
    training: station.facts?.station.training === true,
  });
  const mode = computed(() => modeOf(form.value, { training: station.facts?.station.training === true }));

  /** Reads the figures of the filters; what was being read is given up. */
  async function load(): Promise<void> {
    cancel();
    const job = `${jobs.prefix}-${(jobs.count += 1)}`;
    jobs.current = job;
    reading.value = true;
    const end = client.listen("progress", (told) => {
      if (told.job === jobs.current) share.value = told.total === 0 ? 1 : Math.min(1, told.done / told.total);
    });
    try {
      const { timeZone: zone } = new Intl.DateTimeFormat().resolvedOptions();
      const answer = await client.ask("report.read", {
        order: { filter: reportFilter(form.value, facts()), zone },
        job,
      });
      if (job !== jobs.current) return;
      report.value = answer;
      state.value = { kind: "shown" };
    } catch (error) {
      if (job === jobs.current) failed(error);
    } finally {
      end();
      if (job === jobs.current) rest();
    }
  }

  function failed(error: unknown): void {
    if (asStationError(error).code !== "desktop.cancelled") state.value = { kind: "failed", error: reportOf(error) };
  }

  function rest(): void {
    jobs.current = "";
    reading.value = false;
    share.value = undefined;
  }

  /** Gives up what is being read; what is shown stays. */
  function cancel(): void {
    const { current } = jobs;
    if (current === "") return;
    rest();
    // Whether it was in time does not matter: its answer is not waited for.
    client.ask("cancel", { job: current }).catch(() => undefined);
  }

  /** Sets some filters and reads anew. */
  function change(some: Partial<ReportForm>): void {
    form.value = { ...form.value, ...some };
    void load();
  }

  /** Reads now and after every batch; the answer ends that. */
  function follow(): () => void {
    void load();
    return station.watchBatches(() => void load());
  }

  return { form, mode, report, state, share, reading, load, cancel, change, follow };
});
