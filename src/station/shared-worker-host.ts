import type { ToWorker } from "../contract/order.ts";
import type { SlotId } from "../core/ids.ts";
import type { WorkerExit, WorkerHost, WorkerListener, WorkerProcess } from "./worker-host.ts";

/** A slot as it uses a process. */
type Seat = { readonly slot: SlotId; readonly listener: WorkerListener; closed: boolean };

/** A process with the slots that share it. */
type Shared = { readonly seats: Seat[]; process?: WorkerProcess; ready: boolean };

/**
 * Several slots in one worker process, for dense fixtures: a process costs memory and a warm-up, and runs of one process share
 * both. To each slot it looks like a process of its own; what ends the process ends it for all slots in it.
 */
export class SharedWorkerHost implements WorkerHost {
  readonly #host: WorkerHost;
  readonly #slots: number;
  readonly #open: Shared[] = [];

  /** @param slots how many slots share a process, at least 1 */
  constructor(host: WorkerHost, slots: number) {
    this.#host = host;
    this.#slots = slots;
  }

  /** @throws StationError station.worker-start */
  start(slot: SlotId, listener: WorkerListener): WorkerProcess {
    const seat: Seat = { slot, listener, closed: false };
    const shared = this.#open.find(({ seats }) => seats.length < this.#slots) ?? this.#begin(slot);
    shared.seats.push(seat);
    // A process that is ready says so once; a slot that comes later hears of it as well.
    if (shared.ready) queueMicrotask(() => tell(seat, { type: "ready" }));
    return {
      pid: shared.process?.pid,
      send: (message) => this.#send(shared, seat, message),
      kill: () => {
        this.#forget(shared);
        shared.process?.kill();
      },
    };
  }

  #begin(slot: SlotId): Shared {
    const shared: Shared = { seats: [], ready: false };
    shared.process = this.#host.start(slot, {
      onMessage: (message) => hear(shared, message),
      onExit: (exit) => this.#ended(shared, exit),
    });
    this.#open.push(shared);
    return shared;
  }

  /** A slot that is done says so for itself: the process is asked to end with the last one. */
  #send(shared: Shared, seat: Seat, message: ToWorker): void {
    if (message.type !== "shutdown") {
      shared.process?.send(message);
      return;
    }
    seat.closed = true;
    this.#forget(shared);
    if (shared.seats.every(({ closed }) => closed)) shared.process?.send(message);
  }

  #ended(shared: Shared, exit: WorkerExit): void {
    this.#forget(shared);
    for (const { listener } of shared.seats) listener.onExit(exit);
  }

  /** Nobody else joins a process that is ending. */
  #forget(shared: Shared): void {
    const at = this.#open.indexOf(shared);
    if (at >= 0) this.#open.splice(at, 1);
  }
}

/** Brings a message to the slot that it names, and one that names none to all. */
function hear(shared: Shared, message: unknown): void {
  if (typeOf(message) === "ready") shared.ready = true;
  const slot = slotOf(message);
  const named = shared.seats.filter((seat) => seat.slot === slot);
  for (const seat of named.length === 0 ? [...shared.seats] : named) tell(seat, message);
}

function tell({ listener }: Seat, message: unknown): void {
  listener.onMessage(message);
}

function typeOf(message: unknown): unknown {
  return isObject(message) ? message["type"] : undefined;
}

/** The slot of an event, a setting or a question; undefined for what concerns the whole process, and for nonsense. */
function slotOf(message: unknown): unknown {
  if (!isObject(message)) return undefined;
  const { event } = message;
  return isObject(event) ? event["slot"] : message["slot"];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
