import type { AuditStore } from "../audit/audit-store.ts";
import type { RunEvent } from "../contract/run-event.ts";
import type { Clock } from "../core/clock.ts";
import { asStationError, StationError } from "../core/error.ts";
import { isoTime } from "../core/iso-time.ts";
import type { ValueGrant } from "./value-book.ts";
import { openEnds, trace, type CoreEnding, type RunTrace } from "./run-trace.ts";

/** Events of one run that may wait for the disk: a worker that floods must not fill the store's queue for all. */
const MOST_WAITING = 1000;
/** Events of one run in all; real ones have some hundred. */
const MOST_EVENTS = 100_000;

export type RunStarted = Extract<RunEvent, { type: "run.started" }>;
export type RunFinished = Extract<RunEvent, { type: "run.finished" }>;

/** The row of a value file that goes with an event, perhaps after a while; never rejects. */
type Decision = ValueGrant | undefined | Promise<ValueGrant | undefined>;

/** Whom a recorder tells. */
export interface RecorderOwner {
  /** The event is on the disk. */
  onStored(event: RunEvent): void;
  /** The record could not be kept: the run cannot go on. Called once. */
  onLost(error: StationError): void;
}

/** What a recorder needs; `started` is on the disk already. */
export type RecorderParts = { readonly started: RunStarted; readonly store: AuditStore; readonly clock: Clock };

/**
 * Carries the events of one run to the audit store, in order and once, and tells of each only after its commit.
 * After a failure nothing more of the worker is recorded; what closes the run is then put behind the last stored event.
 */
export class RunRecorder {
  readonly #parts: RecorderParts;
  readonly #owner: RecorderOwner;
  readonly #startedAt: number;
  #trace: RunTrace = {};
  #nextSeq = 1;
  #storedSeq = 0;
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();
  /** Set while an event waits for a decision; later ones wait behind it. */
  #gate: Promise<void> | undefined;
  #lost: StationError | undefined;
  #finished = false;

  constructor(parts: RecorderParts, owner: RecorderOwner) {
    this.#parts = parts;
    this.#owner = owner;
    this.#startedAt = parts.clock.monotonic();
  }

  /** The run's last event was taken: nothing of its worker counts any more. */
  get finished(): boolean {
    return this.#finished;
  }

  get lost(): StationError | undefined {
    return this.#lost;
  }

  /**
   * Takes the next event of the worker.
   * @param decide called when the event will be written: answers the row of a value file that goes with it; where that takes a
   * while, which it must not do for ever, this event and all after it are written then
   * @throws StationError station.worker-protocol when it belongs to another run or slot, or is out of order
   */
  take(event: RunEvent, decide: () => Decision = () => undefined): void {
    this.#check(event);
    this.#nextSeq += 1;
    if (event.type === "run.finished") this.#finished = true;
    if (this.#lost !== undefined) return;
    this.#waiting += 1;
    const decision = decide();
    if (this.#gate === undefined && !(decision instanceof Promise)) this.#store(event, decision);
    else this.#storeLater(event, decision);
  }

  /**
   * Ends the run from the core's side, once everything taken is stored: closes what is open and writes the last event. After a
   * failure it may be called again and goes on where it stopped.
   * @returns the last event; `stored` tells whether it is on the disk
   */
  async end(ending: CoreEnding): Promise<{ readonly event: RunFinished; readonly stored: boolean }> {
    this.#finished = true;
    await this.#gate;
    await this.#tail;
    try {
      const now = this.#parts.clock.monotonic();
      for (const body of openEnds(this.#trace, ending.error, now)) await this.#append({ ...body, ...this.#stamp() });
      const event = this.#lastEvent(ending);
      await this.#append(event);
      return { event, stored: true };
    } catch (error) {
      this.#lose(asStationError(error));
      return { event: this.#lastEvent(ending), stored: false };
    }
  }

  async #append(event: RunEvent): Promise<void> {
    await this.#parts.store.append(event);
    this.#keep(event);
  }

  #check(event: RunEvent): void {
    const { runId, slot } = this.#parts.started;
    const facts = { slot, event: event.type, seq: event.seq, expected: this.#nextSeq };
    const wrong = (what: string): StationError => new StationError("station.worker-protocol", what, facts);
    if (event.runId !== runId || event.slot !== slot) throw wrong("the worker sent an event of another run or slot");
    if (event.seq !== this.#nextSeq) throw wrong("the worker left out or repeated an event");
    if (event.type === "run.started") throw wrong("the worker started a run by itself");
    if (this.#finished) throw wrong("the worker went on after the end of its run");
    if (this.#waiting >= MOST_WAITING || event.seq > MOST_EVENTS) throw wrong("the worker sends too many events");
  }

  #storeLater(event: RunEvent, decision: Decision): void {
    const gate: Promise<void> = (this.#gate ?? Promise.resolve())
      .then(() => decision)
      .then((grant) => {
        if (this.#gate === gate) this.#gate = undefined;
        if (this.#lost === undefined) this.#store(event, grant);
        else grant?.undo();
      });
    this.#gate = gate;
  }

  #store(event: RunEvent, grant: ValueGrant | undefined): void {
    const writing = this.#parts.store.append(event, grant?.use);
    writing.catch(() => grant?.undo());
    this.#tail = this.#tail
      .then(() => writing)
      .then(
        () => this.#stored(event),
        (error: unknown) => this.#lose(asStationError(error)),
      );
  }

  #stored(event: RunEvent): void {
    this.#waiting -= 1;
    if (this.#lost === undefined) this.#keep(event);
  }

  #keep(event: RunEvent): void {
    this.#storedSeq = event.seq;
    this.#trace = trace(this.#trace, event, this.#parts.clock.monotonic());
    this.#owner.onStored(event);
  }

  #lose(error: StationError): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.#owner.onLost(error);
  }

  #lastEvent(ending: CoreEnding): RunFinished {
    const elapsedMs = this.#parts.clock.monotonic() - this.#startedAt;
    return { type: "run.finished", ...ending, elapsedMs, ...this.#stamp() };
  }

  /** The stamp of the event behind the last stored one. */
  #stamp(): Pick<RunEvent, "runId" | "slot" | "seq" | "at"> {
    const { started, clock } = this.#parts;
    return { runId: started.runId, slot: started.slot, seq: this.#storedSeq + 1, at: isoTime(clock.now()) };
  }
}
