import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { FromWorkerSchema, type Admission, type Order, type ToWorker } from "../../../src/contract/order.ts";
import type { RunEvent } from "../../../src/contract/run-event.ts";
import { StationError, reportOf } from "../../../src/core/error.ts";

const SOURCE = join(import.meta.dirname, "../../../src/worker/main.ts");

export type CoreOptions = {
  /** Called with every event; answers whether the store confirms it. Default: always. */
  readonly stores?: (event: RunEvent) => boolean;
  readonly admission?: Admission;
  readonly onEvent?: (event: RunEvent, core: WorkerCore) => void;
  /** The worker's program; default: its source. */
  readonly entry?: string;
  /** Variables on top of this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
};

export type Finished = Extract<RunEvent, { type: "run.finished" }>;

/** The core's side of one worker process: forks it, confirms events, admits units, and keeps what it hears. */
export class WorkerCore {
  readonly process: ChildProcess;
  readonly events: RunEvent[] = [];
  readonly settings = new Map<string, string>();
  readonly logs: string[] = [];
  readonly exited: Promise<void>;
  alive = 0;
  readonly #options: CoreOptions;
  #waiting: (() => void)[] = [];
  #ready = false;

  constructor(options: CoreOptions = {}) {
    this.#options = options;
    const { entry = SOURCE, environment } = options;
    const env = { ...process.env, ...environment };
    this.process = fork(entry, [], { env, execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.process.stderr?.on("data", (bytes: Buffer) => this.logs.push(bytes.toString()));
    this.process.on("message", (message) => this.#take(message));
    this.exited = once(this.process, "exit").then(() => this.#wake());
  }

  send(message: ToWorker): void {
    this.process.send(message);
  }

  async ready(): Promise<void> {
    await this.until(() => this.#ready);
  }

  /** Sends an order and waits for its last event. */
  async run(order: Order): Promise<Finished> {
    await this.ready();
    this.send({ type: "order", order });
    return this.finished(order);
  }

  async finished(order: Order): Promise<Finished> {
    const last = (): Finished | undefined =>
      this.events.find((event): event is Finished => event.type === "run.finished" && event.runId === order.runId);
    await this.until(() => last() !== undefined);
    return last()!;
  }

  abort(order: Order): void {
    const error = reportOf(new StationError("station.aborted", "the operator stopped the run"));
    this.send({ type: "abort", runId: order.runId, slot: order.slot, error });
  }

  /** Waits until `condition` holds; it is looked at after every message. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new TypeError(`the worker ended: ${this.process.exitCode} ${this.logs.join("")}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async shutdown(): Promise<void> {
    if (this.process.connected) this.send({ type: "shutdown" });
    await this.exited;
  }

  #take(message: unknown): void {
    const parsed = FromWorkerSchema.parse(message);
    switch (parsed.type) {
      case "ready":
        this.#ready = true;
        break;
      case "alive":
        this.alive++;
        break;
      case "log":
        this.logs.push(parsed.text);
        break;
      case "setting":
        this.settings.set(parsed.key, parsed.value);
        break;
      case "event":
        this.#onEvent(parsed.event);
        break;
      case "ask":
        throw new TypeError(`nobody answers ${parsed.question.kind} here`);
    }
    this.#wake();
  }

  #onEvent(event: RunEvent): void {
    this.events.push(event);
    const { runId, slot, seq } = event;
    if (this.#options.stores?.(event) ?? true) this.send({ type: "stored", runId, slot, seq });
    if (event.type === "unit.identified")
      this.send({
        type: "admission",
        runId,
        slot,
        admission: this.#options.admission ?? { kind: "admitted", settings: {} },
      });
    this.#options.onEvent?.(event, this);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
