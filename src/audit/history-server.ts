import { StationError, reportOf } from "../core/error.ts";
import type { Progress } from "../contract/history.ts";
import { checkpoint } from "./database-file.ts";
import { draftExport } from "./export-draft.ts";
import { History } from "./history.ts";
import type { FromHistory, HistoryRequest, HistoryWork, ToHistory } from "./history-messages.ts";
import { readReport } from "./read-report.ts";
import type { Watch } from "./verify-database.ts";
import { verifyFile } from "./verify-file.ts";

/** Does the work of the history thread: one long piece beside short ones, each of which can be cancelled. */
export class HistoryServer {
  readonly #file: string;
  readonly #send: (message: FromHistory) => void;
  readonly #running = new Map<number, AbortController>();
  #history: History | undefined;

  /** @param file the audit database; opened at the first request that needs it */
  constructor(file: string, send: (message: FromHistory) => void) {
    this.#file = file;
    this.#send = send;
  }

  /** Takes a message; answers follow through `send`. Never throws. */
  async take(message: ToHistory): Promise<void> {
    const { id } = message;
    if (message.type === "cancel") {
      this.#running.get(id)?.abort(new StationError("station.aborted", "stopped"));
      return;
    }
    const controller = new AbortController();
    this.#running.set(id, controller);
    const progress = (step: Progress): void => this.#send({ type: "progress", id, progress: step });
    try {
      this.#send({
        type: "done",
        id,
        answer: await this.#work(message.request, { signal: controller.signal, progress }),
      });
    } catch (error) {
      this.#send({ type: "failed", id, error: reportOf(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  close(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#history?.close();
    this.#history = undefined;
  }

  #work(
    request: HistoryRequest,
    watch: Watch,
  ): Promise<HistoryWork[keyof HistoryWork]["answers"]> | HistoryWork[keyof HistoryWork]["answers"] {
    switch (request.kind) {
      case "runs":
        return this.#opened().runs(request.asks);
      case "run":
        return this.#opened().run(request.asks);
      case "recipeContents":
        return this.#opened().recipeContents(request.asks);
      case "counts":
        return this.#opened().counts(request.asks);
      case "report":
        return readReport(this.#file, request.asks, watch);
      case "draft":
        return draftExport(this.#file, request.asks, watch);
      case "checkpoint":
        checkpoint(this.#file);
        return null;
      case "verify":
        return verifyFile(request.asks.file, { ...request.asks, ...watch });
    }
  }

  #opened(): History {
    this.#history ??= new History(this.#file);
    return this.#history;
  }
}
