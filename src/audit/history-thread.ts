import { Worker } from "node:worker_threads";
import type { ExportOrder, RunCounts, RunPage, RunQuery, Verdict } from "../contract/history.ts";
import type { Report, ReportOrder } from "../contract/report.ts";
import type { RunFilter } from "../contract/station-request.ts";
import type { RunId } from "../core/ids.ts";
import type { RunHistory } from "./history.ts";
import type { HistoryWork, VerifyRequest } from "./history-messages.ts";
import { makeExport, type ExportResult, type ExportTools } from "./make-export.ts";
import type { Watch } from "./verify-database.ts";
import { WorkThread } from "./work-thread.ts";

/** Where the history is and how its thread is started. */
export type HistoryOptions = {
  /** Path of the audit database. */
  readonly file: string;
  /** The thread's program; default: the source beside this one. A bundled application gives its own. */
  readonly entry?: string | URL;
};

/** Reads the record in a thread of its own. */
export class HistoryClient {
  readonly #thread: WorkThread<HistoryWork>;

  constructor({ file, entry = new URL("./history-thread-entry.ts", import.meta.url) }: HistoryOptions) {
    this.#thread = new WorkThread(() => new Worker(entry, { workerData: file }));
  }

  /** A page of runs, newest first. @throws StationError audit.* */
  runs(query: RunQuery, watch?: Watch): Promise<RunPage> {
    return this.#thread.ask("runs", query, watch);
  }

  /** One run with its events, or undefined. @throws StationError audit.* */
  run(id: RunId, watch?: Watch): Promise<RunHistory | undefined> {
    return this.#thread.ask("run", id, watch);
  }

  /** How the runs of a filter ended. @throws StationError audit.* */
  counts(filter: RunFilter, watch?: Watch): Promise<RunCounts> {
    return this.#thread.ask("counts", filter, watch);
  }

  /** SHA-256 of every content that runs were recorded with under a recipe's name (`product revision`). @throws StationError audit.* */
  recipeContents(name: string, watch?: Watch): Promise<readonly string[]> {
    return this.#thread.ask("recipeContents", name, watch);
  }

  /** The figures of the runs of a filter; see `readReport`. @throws StationError audit.*; the signal's reason */
  report(order: ReportOrder, watch?: Watch): Promise<Report> {
    return this.#thread.ask("report", order, watch);
  }

  /** Exports runs with their manifest; see `makeExport`. @throws StationError audit.*; the signal's reason */
  export(order: ExportOrder, tools: Omit<ExportTools, "draft">): Promise<ExportResult> {
    return makeExport(order, { ...tools, draft: (draft, watch) => this.#thread.ask("draft", draft, watch) });
  }

  /** Verifies a database or export; see `verifyFile`. @throws StationError audit.*; the signal's reason */
  verify(request: VerifyRequest, watch?: Watch): Promise<Verdict> {
    return this.#thread.ask("verify", request, watch);
  }

  /** Moves the log of the database into it; see `checkpoint`. @throws StationError audit.* */
  checkpoint(): Promise<number> {
    return this.#thread.ask("checkpoint", null);
  }

  /** Ends the thread; what is still asked fails with audit.closed. Harmless when repeated. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}
