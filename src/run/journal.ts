import { withLimit, type Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import type { RunId, SlotId } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import type { RunEvent, RunEventBody } from "../contract/run-event.ts";
import { boundedBody } from "./bounded-body.ts";

/** Whose events a journal writes, where they go, and how long a confirmation may take. */
export type JournalParts = {
  readonly runId: RunId;
  readonly slot: SlotId;
  readonly clock: Clock;
  /** Takes each event in order; must not throw. */
  readonly emit: (event: RunEvent) => void;
  /** How long the store may take to confirm an announced command. */
  readonly storeLimit: Duration;
};

type Waiter = { readonly seq: number; readonly confirm: () => void };

/**
 * Numbers, dates and tells the events of one run, in order and without gaps. Number 0 is the core's `run.started`, so the
 * first event here is 1. The store confirms by number; confirmations may come late, repeated or in bulk.
 */
export class Journal {
  readonly #parts: JournalParts;
  #waiters: readonly Waiter[] = [];
  #next = 1;
  #confirmed = 0;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** The run whose events these are. */
  get runId(): RunId {
    return this.#parts.runId;
  }

  /** Tells an event; answers its number. Texts beyond the contract's bounds are cut, so that the core never refuses an event. */
  tell(body: RunEventBody): number {
    const { runId, slot, clock, emit } = this.#parts;
    const seq = this.#next++;
    emit({ ...boundedBody(body), runId, slot, seq, at: isoTime(clock.now()) });
    return seq;
  }

  /**
   * Tells an event and waits until the store has confirmed it.
   * @throws StationError run.store-silent after the limit; the signal's reason when it aborts
   */
  async announce(body: RunEventBody, signal?: AbortSignal): Promise<void> {
    const seq = this.tell(body);
    const { clock, storeLimit } = this.#parts;
    const onLimit = {
      code: "run.store-silent",
      what: "the audit record did not confirm an event",
      facts: { seq },
    } as const;
    await withLimit(clock, storeLimit, onLimit, (inner) => this.#confirmation(seq, inner), signal);
  }

  /** Takes the store's confirmation of all events up to `seq`; numbers that were never told are ignored. */
  confirm(seq: number): void {
    if (seq >= this.#next || seq <= this.#confirmed) return;
    this.#confirmed = seq;
    const due = this.#waiters.filter((waiter) => waiter.seq <= seq);
    this.#waiters = this.#waiters.filter((waiter) => waiter.seq > seq);
    for (const waiter of due) waiter.confirm();
  }

  #confirmation(seq: number, signal: AbortSignal): Promise<void> {
    if (seq <= this.#confirmed) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter = { seq, confirm: resolve };
      this.#waiters = [...this.#waiters, waiter];
      const forget = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
      };
      signal.addEventListener("abort", forget, { once: true });
    });
  }
}
