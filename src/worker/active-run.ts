import type { Admission, FromWorker, Order } from "../contract/order.ts";
import type { Answer } from "../contract/question.ts";
import type { Clock } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { asStationError, reportOf, type StationError } from "../core/error.ts";
import type { RunId } from "../core/ids.ts";
import { Journal } from "../run/journal.ts";
import { outcomeOf } from "../run/outcome.ts";
import type { AskCore } from "../run/ask-core.ts";
import { Questions } from "./questions.ts";

/** What a run takes from its worker. */
export type RunHooks = {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly admission: (signal: AbortSignal) => Promise<Admission>;
  readonly keepSetting: (key: string, value: string) => void;
  readonly ask: AskCore;
  /** Aborts with the reason when the run is to stop. */
  readonly stop: AbortSignal;
  /** Aborts with the reason, after {@link RunHooks.stop}, when nothing may reach the unit any more. */
  readonly cut: AbortSignal;
};

/** Carries out an order, the release of the modem and the last event included. */
export type ExecuteOrder = (order: Order, hooks: RunHooks) => Promise<unknown>;

/** What an active run takes. */
export type ActiveRunParts = {
  readonly order: Order;
  readonly clock: Clock;
  readonly send: (message: FromWorker) => void;
  readonly execute: ExecuteOrder;
};

/** How long the store may take to confirm a command before it is sent. */
const STORE_LIMIT = seconds(20);

/** A run under way in a worker: its journal, and what the core sends to it. */
export class ActiveRun {
  readonly #parts: ActiveRunParts;
  readonly #journal: Journal;
  readonly #stop = new AbortController();
  readonly #cut = new AbortController();
  #admit: (admission: Admission) => void = () => undefined;
  readonly #admission: Promise<Admission>;
  readonly #questions: Questions;
  #finished = false;

  constructor(parts: ActiveRunParts) {
    const { order, clock, send } = parts;
    const { runId, slot } = order;
    this.#parts = parts;
    this.#admission = new Promise((resolve) => {
      this.#admit = resolve;
    });
    const emit: ConstructorParameters<typeof Journal>[0]["emit"] = (event) => {
      this.#finished ||= event.type === "run.finished";
      send({ type: "event", event });
    };
    this.#journal = new Journal({ runId, slot, clock, emit, storeLimit: STORE_LIMIT });
    this.#questions = new Questions(clock, (ask, question) => send({ type: "ask", runId, slot, ask, question }));
  }

  get runId(): RunId {
    return this.#parts.order.runId;
  }

  /** Carries out the order to its last event. Never throws. */
  async execute(): Promise<void> {
    const { order, clock, send, execute } = this.#parts;
    const { runId, slot } = order;
    const hooks: RunHooks = {
      journal: this.#journal,
      clock,
      admission: () => this.#admission,
      keepSetting: (key, value) => send({ type: "setting", runId, slot, key, value }),
      ask: (question, signal) => this.#questions.ask(question, signal),
      stop: this.#stop.signal,
      cut: this.#cut.signal,
    };
    try {
      await execute(order, hooks);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Takes the store's confirmation. */
  confirm(seq: number): void {
    this.#journal.confirm(seq);
  }

  /** Takes the core's answer to `unit.identified`; the first one counts. */
  admit(admission: Admission): void {
    this.#admit(admission);
  }

  /** Takes the core's answer to a question. */
  answer(ask: number, answer: Answer): void {
    this.#questions.take(ask, answer);
  }

  /** Stops the run; the first reason counts. */
  abort(reason: StationError): void {
    this.#stop.abort(reason);
  }

  /** Stops the run and cuts it off from its unit: the port is closed, and not opened again. */
  cut(reason: StationError): void {
    this.#stop.abort(reason);
    this.#cut.abort(reason);
  }

  /** Ends a run that could not even begin: nothing was sent to the modem. */
  #fail(error: unknown): void {
    if (this.#finished) return;
    const known = asStationError(error);
    const outcome = outcomeOf(known);
    this.#journal.tell({ type: "run.finished", outcome, release: "untouched", elapsedMs: 0, error: reportOf(known) });
  }
}
