import type { Clock } from "../../src/core/clock.ts";
import { milliseconds, type Duration } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";

/** The real clock, its waits shortened: for the limits of a run among real sockets. The wall clock may be set. */
export class FastClock implements Clock {
  readonly #speed: number;
  #offset = 0;

  /** @param speed how many times faster waits pass */
  constructor(speed: number) {
    this.#speed = speed;
  }

  now(): number {
    return realClock.now() + this.#offset;
  }

  monotonic(): number {
    return realClock.monotonic() * this.#speed;
  }

  after(delay: Duration, action: () => void): () => void {
    return realClock.after(milliseconds(delay / this.#speed), action);
  }

  /** Sets the wall clock off by so much from now on, as setting the system's clock does. */
  set(offset: Duration): void {
    this.#offset = offset;
  }
}
