import { Worker } from "node:worker_threads";
import type { ExportOrder, Progress, RunCounts, RunPage, RunQuery, Verdict } from "../contract/history.ts";
import type { Report, ReportOrder } from "../contract/report.ts";
import type { RunFilter } from "../contract/station-request.ts";
import { abortReason } from "../core/clock.ts";
import { errorOf, StationError } from "../core/error.ts";
import type { RunId } from "../core/ids.ts";
import type { ExportDraft } from "./export-draft.ts";
import type { RunHistory } from "./history.ts";
import type { FromHistory, HistoryRequest, HistoryWork, ToHistory, VerifyRequest } from "./history-messages.ts";
import { makeExport, type ExportResult, type ExportTools } from "./make-export.ts";
import type { Watch } from "./verify-database.ts";

/** Where the history is and how its thread is started. */
export type HistoryOptions = {
  /** Path of the audit database. */
  readonly file: string;
  /** The thread's program; default: the source beside this one. A bundled application gives its own. */
  readonly entry?: string | URL;
};

type Pending = {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: ((progress: Progress) => void) | undefined;
};

/**
 * Reads the record in a thread of its own, so that no long query, export or verification stands in the way of the core.
 * The thread starts with the first request and again after a crash.
 */
export class HistoryClient {
  readonly #options: HistoryOptions;
  readonly #pending = new Map<number, Pending>();
  #thread: Worker | undefined;
  #nextId = 1;
  #closed = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** A page of runs, newest first. @throws StationError audit.* */
  runs(query: RunQuery, watch?: Watch): Promise<RunPage> {
    return this.#ask("runs", { kind: "runs", asks: query }, watch);
  }

  /** One run with its events, or undefined. @throws StationError audit.* */
  run(id: RunId, watch?: Watch): Promise<RunHistory | undefined> {
    return this.#ask("run", { kind: "run", asks: id }, watch);
  }

  /** How the runs of a filter ended. @throws StationError audit.* */
  counts(filter: RunFilter, watch?: Watch): Promise<RunCounts> {
    return this.#ask("counts", { kind: "counts", asks: filter }, watch);
  }

  /** SHA-256 of every content that runs were recorded with under a recipe's name (`product revision`). @throws StationError audit.* */
  recipeContents(name: string, watch?: Watch): Promise<readonly string[]> {
    return this.#ask("recipeContents", { kind: "recipeContents", asks: name }, watch);
  }

  /** The figures of the runs of a filter; see `readReport`. @throws StationError audit.*; the signal's reason */
  report(order: ReportOrder, watch?: Watch): Promise<Report> {
    return this.#ask("report", { kind: "report", asks: order }, watch);
  }

  /** Exports runs with their manifest; see `makeExport`. @throws StationError audit.*; the signal's reason */
  export(order: ExportOrder, tools: Omit<ExportTools, "draft">): Promise<ExportResult> {
    return makeExport(order, { ...tools, draft: (draft, watch) => this.#draft(draft, watch) });
  }

  /** Verifies a database or export; see `verifyFile`. @throws StationError audit.*; the signal's reason */
  verify(request: VerifyRequest, watch?: Watch): Promise<Verdict> {
    return this.#ask("verify", { kind: "verify", asks: request }, watch);
  }

  /** Moves the log of the database into it as far as nobody reads there; waits for no one. @throws StationError audit.* */
  async checkpoint(): Promise<void> {
    await this.#ask("checkpoint", { kind: "checkpoint", asks: null });
  }

  /** Ends the thread; what is still asked fails with audit.closed. Harmless when repeated. */
  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    this.#thread = undefined;
    this.#failAll(new StationError("audit.closed", "the history is closed"));
    await thread?.terminate();
  }

  #draft(order: ExportOrder, watch: Watch): Promise<ExportDraft> {
    return this.#ask("draft", { kind: "draft", asks: order }, watch);
  }

  #ask<Kind extends keyof HistoryWork>(
    _kind: Kind,
    request: Extract<HistoryRequest, { kind: Kind }>,
    { signal, progress }: Watch = {},
  ): Promise<HistoryWork[Kind]["answers"]> {
    if (this.#closed) return Promise.reject(new StationError("audit.closed", "the history is closed"));
    if (signal?.aborted === true) return Promise.reject(abortReason(signal));
    const id = this.#nextId++;
    const thread = this.#started();
    const cancel = (): void => thread.postMessage({ type: "cancel", id } satisfies ToHistory);
    signal?.addEventListener("abort", cancel, { once: true });
    const answer = new Promise<HistoryWork[Kind]["answers"]>((resolve, reject) => {
      // The thread is of the same build: what it answers to this kind is of this kind.
      this.#pending.set(id, { resolve: (value) => resolve(value as HistoryWork[Kind]["answers"]), reject, progress });
    });
    thread.ref();
    thread.postMessage({ type: "ask", id, request } satisfies ToHistory);
    return answer
      .catch((error: unknown) => {
        throw signal?.aborted === true ? abortReason(signal) : error;
      })
      .finally(() => {
        signal?.removeEventListener("abort", cancel);
        // An idle thread keeps no program from ending.
        if (this.#pending.size === 0) thread.unref();
      });
  }

  #started(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const { file, entry = new URL("./history-thread-entry.ts", import.meta.url) } = this.#options;
    const thread = new Worker(entry, { workerData: file });
    const lost = (cause?: unknown): void => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#failAll(new StationError("audit.thread", "the history thread ended", {}, { cause }));
    };
    thread.on("message", (message: FromHistory) => this.#take(message));
    thread.on("error", lost);
    thread.on("exit", () => lost());
    this.#thread = thread;
    return thread;
  }

  #take(message: FromHistory): void {
    const pending = this.#pending.get(message.id);
    if (message.type === "progress") {
      pending?.progress?.(message.progress);
      return;
    }
    this.#pending.delete(message.id);
    if (message.type === "done") pending?.resolve(message.answer);
    else pending?.reject(errorOf(message.error));
  }

  #failAll(error: StationError): void {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) reject(error);
  }
}
