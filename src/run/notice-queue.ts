import { abortReason, type Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";

/** The most items that wait; a board that floods the line loses the newest. */
const LIMIT = 1000;

/** Items in order for one reader who waits for the next of them. */
export class NoticeQueue<Item> {
  readonly #clock: Clock;
  #items: readonly Item[] = [];
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds an item. */
  push(item: Item): void {
    if (this.#items.length < LIMIT) this.#items = [...this.#items, item];
    this.#wake?.();
  }

  /** The next item; undefined when none came within `limit`. @throws the signal's reason */
  async next(limit: Duration, signal?: AbortSignal): Promise<Item | undefined> {
    if (signal?.aborted === true) throw abortReason(signal);
    if (this.#items.length === 0) await this.#wait(limit, signal);
    const [first, ...rest] = this.#items;
    this.#items = rest;
    return first;
  }

  #wait(limit: Duration, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        cancel();
        this.#wake = undefined;
        signal?.removeEventListener("abort", onAbort);
        settle();
      };
      const onAbort = (): void =>
        end(() => {
          if (signal !== undefined) reject(abortReason(signal));
        });
      const cancel = this.#clock.after(limit, () => end(resolve));
      this.#wake = () => end(resolve);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}
