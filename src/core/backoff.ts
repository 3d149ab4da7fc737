import { milliseconds, type Duration } from "./duration.ts";

/** How long to wait before trying again: twice as long after every failure, up to a limit. */
export class Backoff {
  readonly #first: Duration;
  readonly #longest: Duration;
  #wait: Duration;

  constructor(first: Duration, longest: Duration) {
    this.#first = first;
    this.#longest = longest;
    this.#wait = first;
  }

  /** The wait that is due now; the one after it is twice as long, `longest` at most. */
  next(): Duration {
    const wait = this.#wait;
    this.#wait = milliseconds(Math.min(2 * wait, this.#longest));
    return wait;
  }

  /** Something succeeded: the next wait is the first one again. */
  reset(): void {
    this.#wait = this.#first;
  }
}
