import { checkpoint } from "./database-file.ts";
import { draftExport } from "./export-draft.ts";
import { History } from "./history.ts";
import type { HistoryRequest, HistoryWork } from "./history-messages.ts";
import { readReport } from "./read-report.ts";
import type { Watch } from "./verify-database.ts";
import { verifyFile } from "./verify-file.ts";
import { WorkServer } from "./work-server.ts";
import type { FromThread, ToThread } from "./work-thread.ts";

/** Does the work of the history thread. */
export class HistoryServer {
  readonly #file: string;
  readonly #server: WorkServer<HistoryRequest>;
  #history: History | undefined;

  /** @param file the audit database; opened at the first request that needs it */
  constructor(file: string, send: (message: FromThread) => void) {
    this.#file = file;
    this.#server = new WorkServer((request, watch) => this.#work(request, watch), send);
  }

  /** Takes a message; answers follow through `send`. Never throws. */
  take(message: ToThread<HistoryRequest>): Promise<void> {
    return this.#server.take(message);
  }

  close(): void {
    this.#server.close();
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
        return checkpoint(this.#file);
      case "verify":
        return verifyFile(request.asks.file, { ...request.asks, ...watch });
    }
  }

  #opened(): History {
    this.#history ??= new History(this.#file);
    return this.#history;
  }
}
