import type { Worker } from "node:worker_threads";
import type { Progress } from "../contract/history.ts";
import { abortReason } from "../core/clock.ts";
import { errorOf, StationError, type ErrorReport } from "../core/error.ts";
import type { Watch } from "./verify-database.ts";

/** What a thread can be asked, by kind, with what it answers. Both ends are of one build: nothing is parsed again. */
export type WorkTable = Readonly<Record<string, { readonly asks: unknown; readonly answers: unknown }>>;

/** A request of one kind of a table. */
export type WorkRequest<Work extends WorkTable> = {
  readonly [Kind in keyof Work]: { readonly kind: Kind; readonly asks: Work[Kind]["asks"] };
}[keyof Work];

/** What is sent to a thread; `id` names the request in its answers. */
export type ToThread<Request> =
  | { readonly type: "ask"; readonly id: number; readonly request: Request }
  | { readonly type: "cancel"; readonly id: number };

/** What a thread sends. */
export type FromThread =
  | { readonly type: "progress"; readonly id: number; readonly progress: Progress }
  | { readonly type: "done"; readonly id: number; readonly answer: unknown }
  | { readonly type: "failed"; readonly id: number; readonly error: ErrorReport };

type Pending = {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: ((progress: Progress) => void) | undefined;
};

/** Asks a thread of its own for work, so that none of it stands in the way of the core. It starts with the first request and again after a crash. */
export class WorkThread<Work extends WorkTable> {
  readonly #start: () => Worker;
  readonly #pending = new Map<number, Pending>();
  #thread: Worker | undefined;
  #nextId = 1;
  #closed = false;

  /** @param start starts the thread's program */
  constructor(start: () => Worker) {
    this.#start = start;
  }

  /** @throws StationError audit.thread, audit.closed; what the work throws; the signal's reason */
  ask<Kind extends keyof Work & string>(
    kind: Kind,
    asks: Work[Kind]["asks"],
    { signal, progress }: Watch = {},
  ): Promise<Work[Kind]["answers"]> {
    if (this.#closed) return Promise.reject(new StationError("audit.closed", "the history is closed"));
    if (signal?.aborted === true) return Promise.reject(abortReason(signal));
    const id = this.#nextId++;
    const thread = this.#started();
    const cancel = (): void => thread.postMessage({ type: "cancel", id });
    signal?.addEventListener("abort", cancel, { once: true });
    const answer = new Promise<Work[Kind]["answers"]>((resolve, reject) => {
      // The thread is of the same build: what it answers to this kind is of this kind.
      this.#pending.set(id, { resolve: (value) => resolve(value), reject, progress });
    });
    thread.ref();
    thread.postMessage({ type: "ask", id, request: { kind, asks } });
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

  /** Ends the thread; what is still asked fails with audit.closed. Harmless when repeated. */
  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    this.#thread = undefined;
    this.#failAll(new StationError("audit.closed", "the history is closed"));
    await thread?.terminate();
  }

  #started(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const thread = this.#start();
    const lost = (cause?: unknown): void => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#failAll(new StationError("audit.thread", "the history thread ended", {}, { cause }));
    };
    thread.on("message", (message: FromThread) => this.#take(message));
    thread.on("error", lost);
    thread.on("exit", () => lost());
    this.#thread = thread;
    return thread;
  }

  #take(message: FromThread): void {
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
