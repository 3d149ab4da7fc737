import type { Clock } from "../../src/core/clock.ts";
import { milliseconds, type Duration } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";

/** Longest part of a wait that passes at once, ms. */
const PIECE = 100;

/**
 * The real clock, its waits shortened: for the limits of a run among real sockets. A long wait passes in pieces, so that it hardly goes
 * on while a busy computer lets this process stand. The wall clock may be set.
 */
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
    const wait = { cancel: (): void => undefined };
    const arm = (left: number): void => {
      const piece = Math.min(left, PIECE);
      wait.cancel = realClock.after(milliseconds(piece), () => (left > piece ? arm(left - piece) : action()));
    };
    arm(delay / this.#speed);
    return () => wait.cancel();
  }

  /** Sets the wall clock off by so much from now on, as setting the system's clock does. */
  set(offset: Duration): void {
    this.#offset = offset;
  }
}
