import type { Clock } from "../core/clock.ts";
import { milliseconds, type Duration } from "../core/duration.ts";

/** How many requests one API key may make in a time; as many at once, then evenly spread. */
export type RequestRate = { readonly requests: number; readonly per: Duration };

/** Keys whose last request is remembered; the one that is longest ago gives way. */
const REMEMBERED_KEYS = 10_000;

/** Counts the requests of each key by one number, the time at which its allowance will be whole again. */
export class RateLimit {
  readonly #rate: RequestRate;
  readonly #clock: Clock;
  readonly #wholeAt = new Map<string, number>();

  constructor(rate: RequestRate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Takes one request of a key; answers how long it must wait, where it made too many. A refused request does not count. */
  take(key: string): Duration | undefined {
    const { requests, per } = this.#rate;
    const now = this.#clock.monotonic();
    const whole = Math.max(this.#wholeAt.get(key) ?? now, now) + per / requests;
    const wait = whole - now - per;
    // Sums of fractions of a millisecond stay a little beside the whole number.
    if (wait > 1e-6) return milliseconds(wait);
    this.#wholeAt.delete(key);
    this.#wholeAt.set(key, whole);
    if (this.#wholeAt.size > REMEMBERED_KEYS)
      for (const oldest of this.#wholeAt.keys()) {
        this.#wholeAt.delete(oldest);
        break;
      }
    return undefined;
  }
}
