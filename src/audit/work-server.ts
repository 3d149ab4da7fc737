import type { Progress } from "../contract/history.ts";
import { reportOf, StationError } from "../core/error.ts";
import type { Watch } from "./verify-database.ts";
import type { FromThread, ToThread } from "./work-thread.ts";

/** Does the work that a thread is asked for: one long piece beside short ones, each of which can be cancelled. */
export class WorkServer<Request> {
  readonly #work: (request: Request, watch: Watch) => unknown;
  readonly #send: (message: FromThread) => void;
  readonly #running = new Map<number, AbortController>();

  /** @param work does a request; answers follow through `send` */
  constructor(work: (request: Request, watch: Watch) => unknown, send: (message: FromThread) => void) {
    this.#work = work;
    this.#send = send;
  }

  /** Takes a message. Never throws. */
  async take(message: ToThread<Request>): Promise<void> {
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

  /** Cancels what is under way. */
  close(): void {
    for (const controller of this.#running.values()) controller.abort();
  }
}
