import { ref, shallowRef } from "vue";
import type { RecordSource } from "../../../src/contract/history.ts";
import type { Report, ReportOrder } from "../../../src/contract/report.ts";
import { asStationError, reportOf, type ErrorReport } from "../../../src/core/error.ts";
import type { StationClient } from "../../api/station-client.ts";

/** How the report stands: what is shown may be of earlier filters while newer ones are read. */
export type ReportState =
  { readonly kind: "none" } | { readonly kind: "shown" } | { readonly kind: "failed"; readonly error: ErrorReport };

/** Reads one report at a time: a newer order gives up the one before. */
export function reportReading(client: StationClient) {
  const report = shallowRef<Report>();
  const state = shallowRef<ReportState>({ kind: "none" });
  /** 0 to 1 while the record is read; undefined while it is not, or not yet known. */
  const share = ref<number>();
  const reading = ref(false);
  const jobs = { prefix: `report-${Date.now().toString(36)}`, count: 0, current: "" };

  /** @param source whose runs are counted */
  async function read(order: ReportOrder, source: RecordSource = "station"): Promise<void> {
    cancel();
    const job = `${jobs.prefix}-${(jobs.count += 1)}`;
    jobs.current = job;
    reading.value = true;
    const end = client.listen("progress", (told) => {
      if (told.job === jobs.current) share.value = told.total === 0 ? 1 : Math.min(1, told.done / told.total);
    });
    try {
      const answer = await client.ask("report.read", { order, ...(source === "line" ? { source } : {}), job });
      if (job !== jobs.current) return;
      report.value = answer;
      state.value = { kind: "shown" };
    } catch (error) {
      if (job === jobs.current && asStationError(error).code !== "desktop.cancelled")
        state.value = { kind: "failed", error: reportOf(error) };
    } finally {
      end();
      if (job === jobs.current) rest();
    }
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

  return { report, state, share, reading, read, cancel };
}
