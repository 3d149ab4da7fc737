import type { Clock } from "../core/clock.ts";
import { milliseconds, type Duration } from "../core/duration.ts";
import { asStationError, type StationError } from "../core/error.ts";

/** One piece of work; at most one run of it is pending at a time. */
export type WorkItem = { readonly name: string; run(): Promise<void> };

/** Who lets the due work happen: the queue itself by the clock, or a caller step by step. */
export type Drive = "clock" | "steps";

type Pending = { readonly item: WorkItem; readonly due: number; readonly order: number };

/** One thing at a time, each at its time: the library's work queue. */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #drive: Drive;
  readonly #onFailure: (error: StationError) => void;
  readonly #pending = new Map<string, Pending>();
  #order = 0;
  #running: Promise<void> | undefined;
  #disarm: (() => void) | undefined;
  #closed = false;

  /** @param onFailure called when an item fails; the queue goes on */
  constructor(clock: Clock, drive: Drive, onFailure: (error: StationError) => void) {
    this.#clock = clock;
    this.#drive = drive;
    this.#onFailure = onFailure;
  }

  /** Lets `item` happen after `delay`, in place of its pending run if there is one. */
  schedule(item: WorkItem, delay: Duration): void {
    if (this.#closed) return;
    this.#pending.set(item.name, { item, due: this.#clock.monotonic() + delay, order: this.#order++ });
    this.#arm();
  }

  /** When the next item is due, on the monotonic clock; undefined when none is pending. */
  get nextDue(): number | undefined {
    return this.#next()?.due;
  }

  /** Runs the earliest item that is due; false when none is, or one is running. */
  async runNext(): Promise<boolean> {
    const next = this.#next();
    if (next === undefined || next.due > this.#clock.monotonic() || this.#running !== undefined) return false;
    this.#pending.delete(next.item.name);
    this.#running = next.item.run().catch((error: unknown) => this.#onFailure(asStationError(error)));
    await this.#running;
    this.#running = undefined;
    return true;
  }

  /** Forgets what is pending, takes nothing more, and waits for the running item. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#pending.clear();
    this.#disarm?.();
    await this.#running;
  }

  #next(): Pending | undefined {
    return [...this.#pending.values()].sort((a, b) => a.due - b.due || a.order - b.order)[0];
  }

  #arm(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    const next = this.#next();
    if (this.#drive === "steps" || next === undefined || this.#running !== undefined || this.#closed) return;
    const delay = milliseconds(Math.max(0, next.due - this.#clock.monotonic()));
    this.#disarm = this.#clock.after(delay, () => {
      this.runNext().then(
        () => this.#arm(),
        (error: unknown) => this.#onFailure(asStationError(error)),
      );
    });
  }
}
