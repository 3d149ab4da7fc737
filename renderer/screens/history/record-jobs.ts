import { shallowRef, type Ref } from "vue";
import type { VerifyAnswer } from "../../../src/contract/desktop-history.ts";
import type { RecordSource } from "../../../src/contract/history.ts";
import type { ExportFormat, RunFilter } from "../../../src/contract/station-request.ts";
import type { StationClient } from "../../api/station-client.ts";
import { longJob } from "./long-job.ts";

/** What a check of the station's own record found, and when (ms since 1970). */
export type ChainCheck = Extract<VerifyAnswer, { kind: "verdict" }> & { readonly checkedAt: number };

/** Export of the runs of a filter, and verification of the record or of a file. */
export function recordJobs(client: StationClient, filter: () => RunFilter, source: Readonly<Ref<RecordSource>>) {
  const exporting = longJob(client, "history.export");
  const verifying = longJob(client, "history.verify");
  /** The last check of the station's own record. */
  const check = shallowRef<ChainCheck>();

  /** Writes the runs of the filter to a file that the system's dialog asks for. */
  const exportRuns = (format: ExportFormat) =>
    exporting.run({ format, filter: filter(), ...(source.value === "line" ? { source: "line" as const } : {}) });

  /** Checks the station's own record, or a file that the system's dialog asks for. */
  async function verify(what: "record" | "file"): Promise<void> {
    const answer = await verifying.run({ what });
    if (what === "record" && answer?.kind === "verdict") check.value = { ...answer, checkedAt: Date.now() };
  }

  return {
    ...{ check, exporting: exporting.state, verifying: verifying.state, exportRuns, verify },
    ...{ cancelExport: exporting.cancel, dismissExport: exporting.dismiss },
    ...{ cancelVerify: verifying.cancel, dismissVerify: verifying.dismiss },
  };
}
