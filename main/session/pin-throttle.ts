import type { Clock } from "../../src/core/clock.ts";
import { seconds, type Duration } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { quantity } from "../../src/core/fact.ts";

const LONGEST = seconds(60);

type Trials = { readonly wrong: number; readonly until: number };

/** Makes guessing slow: after every wrong PIN a name waits longer, others do not. */
export class PinThrottle {
  readonly #clock: Clock;
  readonly #trials = new Map<string, Trials>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * A PIN of this name is about to be looked at: counts as wrong until {@link forgive} is called, so that many at the same
   * time gain nothing.
   * @throws StationError operators.wait
   */
  begin(name: string): void {
    const { wrong, until } = this.#trials.get(name) ?? { wrong: 0, until: 0 };
    const now = this.#clock.monotonic();
    if (now < until) {
      const wait = quantity(Math.ceil((until - now) / 1000), "s");
      throw new StationError("operators.wait", "a PIN of this name was wrong a short time ago", { name, wait });
    }
    this.#trials.set(name, { wrong: wrong + 1, until: now + pauseAfter(wrong + 1) });
  }

  /** The PIN was right, or it is another one now. */
  forgive(name: string): void {
    this.#trials.delete(name);
  }
}

/** 1, 2, 4 … up to 60 s. */
export function pauseAfter(wrong: number): Duration {
  return seconds(Math.min(2 ** (wrong - 1), LONGEST / 1000));
}
