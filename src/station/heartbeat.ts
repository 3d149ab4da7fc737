import type { Clock } from "../core/clock.ts";
import { milliseconds, type Duration } from "../core/duration.ts";

/** Watches that something is heard at least every `limit`; one timer, however much is heard. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #limit: Duration;
  readonly #grace: Duration;
  readonly #onSilence: () => void;
  #heardAt: number;
  #cancel: () => void;

  /** @param grace a second look before `onSilence` is called */
  constructor(clock: Clock, limit: Duration, grace: Duration, onSilence: () => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#grace = grace;
    this.#onSilence = onSilence;
    this.#heardAt = clock.monotonic();
    this.#cancel = clock.after(limit, () => this.#look());
  }

  heard(): void {
    this.#heardAt = this.#clock.monotonic();
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const left = this.#limit - (this.#clock.monotonic() - this.#heardAt);
    const next = left > 0 ? () => this.#look() : () => this.#lookAgain(this.#heardAt);
    this.#cancel = this.#clock.after(left > 0 ? milliseconds(left) : this.#grace, next);
  }

  #lookAgain(heardBefore: number): void {
    if (this.#heardAt === heardBefore) this.#onSilence();
    else this.#look();
  }
}
