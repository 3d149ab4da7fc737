import type { FromWorker, Order, ToWorker } from "../../src/contract/order.ts";
import type { RunEventBody } from "../../src/contract/run-event.ts";
import type { StationError } from "../../src/core/error.ts";
import type { SlotId } from "../../src/core/ids.ts";
import type { WorkerExit, WorkerHost, WorkerListener, WorkerProcess } from "../../src/station/worker-host.ts";

/** What a fake worker does when it is told something; absent: nothing. */
export type WorkerScript = (worker: FakeWorker, message: ToWorker) => void;

/** A worker process without a process: a test speaks for it. */
export class FakeWorker implements WorkerProcess {
  readonly pid: number;
  readonly slot: SlotId;
  /** Everything that it was told. */
  readonly told: ToWorker[] = [];
  killed = false;
  gone = false;
  /** Whether a kill ends it, as it does with every process that is not stuck in the system. */
  mortal = true;
  order: Order | undefined;
  readonly #listener: WorkerListener;
  readonly #script: WorkerScript;
  #seq = 0;

  constructor(pid: number, slot: SlotId, listener: WorkerListener, script: WorkerScript) {
    this.pid = pid;
    this.slot = slot;
    this.#listener = listener;
    this.#script = script;
  }

  send(message: ToWorker): void {
    if (this.gone) return;
    this.told.push(message);
    if (message.type === "order") {
      this.order = message.order;
      this.#seq = 0;
    }
    if (message.type === "shutdown" && this.mortal) queueMicrotask(() => this.exit({ code: 0, signal: null }));
    queueMicrotask(() => {
      if (!this.gone) this.#script(this, message);
    });
  }

  kill(): void {
    this.killed = true;
    if (this.mortal) queueMicrotask(() => this.exit({ code: null, signal: "SIGKILL" }));
  }

  exit(exit: WorkerExit): void {
    if (this.gone) return;
    this.gone = true;
    this.#listener.onExit(exit);
  }

  /** Says anything, right or wrong. */
  say(message: unknown): void {
    this.#listener.onMessage(message);
  }

  ready(): void {
    this.say({ type: "ready" } satisfies FromWorker);
  }

  /** Says the next event of its run, with the right stamp unless `stamp` says otherwise. */
  event(body: RunEventBody, stamp: Readonly<Record<string, unknown>> = {}): void {
    this.#seq += 1;
    const { runId, slot } = this.order ?? {};
    const own = { runId, slot, seq: this.#seq, at: "2026-01-01T00:00:00.000Z" };
    this.say({ type: "event", event: { ...body, ...own, ...stamp } });
  }

  /** The types of what it was told, in order. */
  get heard(): readonly string[] {
    return this.told.map((message) => message.type);
  }
}

/** A host of fake workers. */
export class FakeWorkerHost implements WorkerHost {
  readonly workers: FakeWorker[] = [];
  /** Whether workers become ready by themselves. */
  autoReady = true;
  /** What `start` throws instead of starting. */
  refusal: StationError | undefined;
  script: WorkerScript;

  constructor(script: WorkerScript = () => undefined) {
    this.script = script;
  }

  start(slot: SlotId, listener: WorkerListener): WorkerProcess {
    if (this.refusal !== undefined) throw this.refusal;
    const worker = new FakeWorker(this.workers.length + 1, slot, listener, (self, message) =>
      this.script(self, message),
    );
    this.workers.push(worker);
    if (this.autoReady) queueMicrotask(() => worker.ready());
    return worker;
  }

  /** The newest worker of a slot. */
  of(slot: string): FakeWorker {
    const found = this.workers.findLast((worker) => worker.slot === slot);
    if (found === undefined) throw new RangeError(`no worker of slot ${slot} was started`);
    return found;
  }

  get alive(): number {
    return this.workers.filter((worker) => !worker.gone).length;
  }
}
