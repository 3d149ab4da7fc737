import type { Clock } from "../core/clock.ts";
import { FromWorkerSchema, type FromWorker, type ToWorker } from "../contract/order.ts";
import { milliseconds } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import { lasting } from "../core/fact.ts";
import type { SlotId } from "../core/ids.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { StartGate } from "./start-gate.ts";
import type { StationLimits } from "./station-limits.ts";
import type { WorkerExit, WorkerHost, WorkerProcess } from "./worker-host.ts";

/** What a slot's worker needs. */
export type SlotWorkerParts = {
  readonly slot: SlotId;
  readonly host: WorkerHost;
  readonly gate: StartGate;
  readonly clock: Clock;
  readonly limits: StationLimits;
};

/** A message of a worker that is of interest beyond its process. */
export type WorkerMessage = Extract<FromWorker, { type: "event" | "setting" | "ask" | "log" }>;

/** Whom a slot's worker tells. */
export interface SlotWorkerOwner {
  onReady(): void;
  onMessage(message: WorkerMessage): void;
  /** The process died, hung, did not start or sent nonsense; it is started again by itself, later. */
  onDown(error: StationError): void;
}

/** One process, from its start to its end. */
type Life = {
  readonly process: WorkerProcess;
  readonly over: Promise<void>;
  readonly end: () => void;
  heartbeat?: Heartbeat;
};

type Phase = "down" | "queued" | "starting" | "ready" | "stopped";

/** Keeps the worker process of one slot alive: starts it a few at a time, watches it, starts it again with growing waits. */
export class SlotWorker {
  readonly #parts: SlotWorkerParts;
  readonly #owner: SlotWorkerOwner;
  #phase: Phase = "down";
  #life: Life | undefined;
  #dying: Promise<void> = Promise.resolve();
  #failures = 0;
  #cancelTimer: () => void = () => undefined;
  #leaveQueue: () => void = () => undefined;

  constructor(parts: SlotWorkerParts, owner: SlotWorkerOwner) {
    this.#parts = parts;
    this.#owner = owner;
  }

  get ready(): boolean {
    return this.#phase === "ready";
  }

  /** Starts the process unless it is there or on its way; also ends the wait after a failure. */
  start(): void {
    if (this.#phase !== "down") return;
    this.#cancelTimer();
    this.#phase = "queued";
    this.#leaveQueue = this.#parts.gate.wait(() => void this.#dying.then(() => this.#begin()));
  }

  send(message: ToWorker): void {
    this.#life?.process.send(message);
  }

  /** The process did a run well: the next failure counts as the first. */
  praise(): void {
    this.#failures = 0;
  }

  /** Ends the process at once for this reason; the owner hears of it as of any other end. */
  discard(error: StationError): void {
    const life = this.#life;
    if (life === undefined) return;
    life.process.kill();
    this.#lose(life, error);
  }

  /** Asks the process to end, waits, then ends it; none is started again. */
  async stop(): Promise<void> {
    if (this.#phase === "stopped") return;
    const life = this.#life;
    if (this.#phase === "starting") this.#parts.gate.leave();
    if (this.#phase === "queued") this.#leaveQueue();
    this.#phase = "stopped";
    this.#cancelTimer();
    if (life !== undefined) {
      life.heartbeat?.stop();
      life.process.send({ type: "shutdown" });
      await this.#bounded(life.over, this.#parts.limits.shutdown);
      life.process.kill();
      await this.#bounded(life.over, this.#parts.limits.kill);
      this.#life = undefined;
    }
    await this.#dying;
  }

  #begin(): void {
    if (this.#phase !== "queued") {
      this.#parts.gate.leave();
      return;
    }
    this.#phase = "starting";
    const { slot, host, clock, limits } = this.#parts;
    const ending = { end: (): void => undefined };
    const over = new Promise<void>((resolve) => (ending.end = resolve));
    try {
      const process = host.start(slot, {
        onMessage: (message) => this.#hear(life, message),
        onExit: (exit) => this.#exited(life, exit),
      });
      const life: Life = { process, over, end: ending.end };
      this.#life = life;
      this.#cancelTimer = clock.after(limits.ready, () => {
        life.process.kill();
        this.#lose(life, this.#failure("station.worker-start", "the worker did not get ready", limits.ready));
      });
    } catch (error) {
      this.#down(asStationError(error));
    }
  }

  #hear(life: Life, raw: unknown): void {
    if (this.#life !== life || this.#phase === "stopped") return;
    life.heartbeat?.heard();
    const message = FromWorkerSchema.safeParse(raw);
    if (!message.success) {
      const field = message.error.issues[0]?.path.map(String).join(".") ?? "";
      this.discard(
        new StationError("station.worker-protocol", "the worker sent something unreadable", {
          slot: this.#parts.slot,
          field,
        }),
      );
      return;
    }
    this.#take(life, message.data);
  }

  #take(life: Life, message: FromWorker): void {
    switch (message.type) {
      case "ready":
        if (this.#phase === "starting") this.#becomeReady(life);
        return;
      case "alive":
        return;
      case "event":
      case "setting":
      case "ask":
      case "log":
        this.#owner.onMessage(message);
    }
  }

  #becomeReady(life: Life): void {
    const { clock, limits, gate } = this.#parts;
    this.#cancelTimer();
    this.#phase = "ready";
    gate.leave();
    life.heartbeat = new Heartbeat(clock, limits.heartbeat, limits.grace, () =>
      this.discard(this.#failure("station.worker-hung", "the worker stopped answering", limits.heartbeat)),
    );
    this.#owner.onReady();
  }

  #exited(life: Life, exit: WorkerExit): void {
    life.end();
    life.heartbeat?.stop();
    const { slot } = this.#parts;
    const { code, signal } = exit;
    const early = this.#phase === "starting";
    const died = early
      ? new StationError("station.worker-start", "the worker ended before it was ready", { slot, code, signal })
      : new StationError("station.worker-died", "the worker process died", { slot, code, signal });
    this.#lose(life, exit.error ?? died);
  }

  /** The process counts no more; whatever it still says is not heard. */
  #lose(life: Life, error: StationError): void {
    if (this.#life !== life || this.#phase === "stopped") return;
    this.#life = undefined;
    life.heartbeat?.stop();
    this.#dying = this.#bounded(life.over, this.#parts.limits.kill);
    this.#down(error);
  }

  #down(error: StationError): void {
    this.#cancelTimer();
    if (this.#phase === "starting") this.#parts.gate.leave();
    this.#phase = "down";
    const { clock, limits } = this.#parts;
    const wait = Math.min(limits.restart * 2 ** Math.min(this.#failures, 20), limits.longestRestart);
    this.#failures += 1;
    this.#cancelTimer = clock.after(milliseconds(wait), () => this.start());
    this.#owner.onDown(error);
  }

  #failure(
    code: "station.worker-start" | "station.worker-hung",
    what: string,
    limit: StationLimits["ready"],
  ): StationError {
    return new StationError(code, what, { slot: this.#parts.slot, limit: lasting(limit) });
  }

  #bounded(work: Promise<void>, limit: StationLimits["kill"]): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(limit, resolve);
      void work.then(() => {
        cancel();
        resolve();
      });
    });
  }
}
