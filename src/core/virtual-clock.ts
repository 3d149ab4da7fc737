import type { Clock, Instant } from "./clock.ts";
import type { Duration } from "./duration.ts";

type Timer = { readonly due: number; readonly order: number; readonly action: () => void };

/** A clock that stands still until it is advanced; for tests, conformance runs and simulations. */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #elapsed = 0;
  #order = 0;
  #wallOffset: number;

  /** @param start the wall time at the beginning, ms since 1970; default 2026-01-01T00:00:00Z */
  constructor(start: Instant = 1_767_225_600_000) {
    this.#wallOffset = start;
  }

  now(): Instant {
    return this.#wallOffset + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(delay: Duration, action: () => void): () => void {
    const timer = { due: this.#elapsed + Math.max(0, delay), order: this.#order++, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves the wall clock alone, as setting the system's clock does. */
  jump(by: Duration): void {
    this.#wallOffset += by;
  }

  /** The time until the next timer, or undefined when none is armed. */
  untilNext(): Duration | undefined {
    const next = this.#next();
    return next === undefined ? undefined : ((next.due - this.#elapsed) as Duration);
  }

  /** Advances by `duration`, firing every timer that falls due, in order; pending promises settle before and after each. */
  async advance(duration: Duration): Promise<void> {
    const end = this.#elapsed + duration;
    await settle();
    for (let next = this.#next(); next !== undefined && next.due <= end; next = this.#next()) {
      this.#elapsed = Math.max(this.#elapsed, next.due);
      this.#timers.delete(next);
      next.action();
      await settle();
    }
    this.#elapsed = end;
    await settle();
  }

  #next(): Timer | undefined {
    return [...this.#timers].sort((a, b) => a.due - b.due || a.order - b.order)[0];
  }
}

const SETTLE_TURNS = 50;

/** Lets chains of resolved promises run; the bound covers the longest chain in the portable code with room. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await Promise.resolve();
}
