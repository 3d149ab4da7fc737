import { Worker } from "node:worker_threads";
import type { RunHistory } from "../../audit/history.ts";
import type { Watch } from "../../audit/verify-database.ts";
import { WorkThread } from "../../audit/work-thread.ts";
import type { LineStation } from "../../contract/desktop-line.ts";
import type { ExportOrder, RunCounts, RunPage, RunQuery } from "../../contract/history.ts";
import type { Report, ReportOrder } from "../../contract/report.ts";
import type { RunFilter } from "../../contract/station-request.ts";
import type { RunId } from "../../core/ids.ts";
import type { Secret } from "../../core/secret.ts";
import type { CentralWork } from "./central-messages.ts";
import { exportCentral, type CentralExport } from "./make-central-export.ts";

/** Where the central database is and how its thread is started. */
export type CentralOptions = {
  readonly address: Secret;
  /** The thread's program; default: the source beside this one. A bundled application gives its own. */
  readonly entry?: string | URL;
};

/** Reads the central database of a line in a thread of its own; nothing can be written over it. */
export class CentralClient {
  readonly #thread: WorkThread<CentralWork>;

  constructor({ address, entry = new URL("./central-thread-entry.ts", import.meta.url) }: CentralOptions) {
    this.#thread = new WorkThread(() => new Worker(entry, { workerData: address.reveal() }));
  }

  /** Reaches the database and looks whether it is one of a line. @throws StationError collect.* */
  async check(watch?: Watch): Promise<void> {
    await this.#thread.ask("check", null, watch);
  }

  /** A page of the runs of all stations, newest first. @throws StationError collect.* */
  runs(query: RunQuery, watch?: Watch): Promise<RunPage> {
    return this.#thread.ask("runs", query, watch);
  }

  /** One run with its events, or undefined. @throws StationError collect.* */
  run(id: RunId, watch?: Watch): Promise<RunHistory | undefined> {
    return this.#thread.ask("run", id, watch);
  }

  /** How the runs of a filter ended. @throws StationError collect.* */
  counts(filter: RunFilter, watch?: Watch): Promise<RunCounts> {
    return this.#thread.ask("counts", filter, watch);
  }

  /** The figures of the runs of a filter. @throws StationError collect.*; the signal's reason */
  report(order: ReportOrder, watch?: Watch): Promise<Report> {
    return this.#thread.ask("report", order, watch);
  }

  /** Exports runs of the line; see `exportCentral`. @throws StationError collect.*, audit.export; the signal's reason */
  export(order: ExportOrder, watch?: Watch): Promise<CentralExport> {
    return exportCentral(order, (draft) => this.#thread.ask("draft", draft, watch));
  }

  /** The stations of the line and their chains. @throws StationError collect.* */
  stations(watch?: Watch): Promise<readonly LineStation[]> {
    return this.#thread.ask("stations", null, watch);
  }

  /** Ends the thread; what is still asked fails. Harmless when repeated. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}
