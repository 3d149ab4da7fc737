import type { Clock } from "../../core/clock.ts";
import type { Duration } from "../../core/duration.ts";

/** Calls `action` once when nothing was heard for `limit`. */
export class IdleTimer {
  readonly #clock: Clock;
  readonly #limit: Duration;
  readonly #action: () => void;
  #cancel: () => void;

  constructor(clock: Clock, limit: Duration, action: () => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#action = action;
    this.#cancel = clock.after(limit, action);
  }

  /** Something was heard: the wait begins anew. */
  touch(): void {
    this.#cancel();
    this.#cancel = this.#clock.after(this.#limit, this.#action);
  }

  stop(): void {
    this.#cancel();
  }
}
