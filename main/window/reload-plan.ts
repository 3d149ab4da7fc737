import type { Clock } from "../../src/core/clock.ts";
import { minutes, seconds, type Duration } from "../../src/core/duration.ts";

/** So many crashes within {@link PERIOD} are taken for a fault that a reload does not mend at once. */
const MOST_CRASHES = 3;
const PERIOD = minutes(1);
const PAUSE = seconds(10);

/** When a page that crashed is loaded again. */
export class ReloadPlan {
  readonly #clock: Clock;
  #crashes: readonly number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long to wait before the reload after a crash now. */
  delay(): Duration {
    const now = this.#clock.monotonic();
    this.#crashes = [...this.#crashes.filter((at) => now - at < PERIOD), now];
    return this.#crashes.length > MOST_CRASHES ? PAUSE : seconds(0);
  }
}
