import type { HistoryClient } from "../../src/audit/history-thread.ts";
import type { Shift } from "../../src/contract/desktop-snapshot.ts";
import type { Clock, Instant } from "../../src/core/clock.ts";
import { seconds } from "../../src/core/duration.ts";
import { isoTime } from "../../src/core/iso-time.ts";
import { latestStart } from "./shift-start.ts";

/** How late a shift may begin on the screen. */
const LOOK_EVERY = seconds(20);

/**
 * Counts the runs of the shift out of the record. A shift begins at the set times of day, or with the application where none
 * are set; and when a person says so.
 */
export class ShiftBook {
  readonly #history: Pick<HistoryClient, "counts">;
  readonly #clock: Clock;
  readonly #times: () => readonly string[];
  readonly #opened: Instant;
  #restarted: Instant | undefined;
  #told: Shift | undefined;

  /** `times`: the set times of day, local: `06:00`. */
  constructor(history: Pick<HistoryClient, "counts">, clock: Clock, times: () => readonly string[] = () => []) {
    this.#history = history;
    this.#clock = clock;
    this.#times = times;
    this.#opened = clock.now();
  }

  /** Counts anew. @throws StationError audit.* */
  async read(): Promise<Shift> {
    const since = this.#since;
    const shift = { since, counts: await this.#history.counts({ from: since, purpose: "provision" }) };
    this.#told = shift;
    return shift;
  }

  /** What was counted last in this shift: a window that opens in mid-batch does not wait for the record. @throws StationError audit.* */
  async latest(): Promise<Shift> {
    return this.#told?.since === this.#since ? this.#told : this.read();
  }

  /** Begins a new shift now. @throws StationError audit.* */
  restart(): Promise<Shift> {
    this.#restarted = this.#clock.now();
    return this.read();
  }

  /** Calls `begun` whenever a shift has begun by itself, or the times were changed; the answer ends that. */
  watch(begun: () => void): () => void {
    const state = { since: this.#since, cancel: (): void => undefined };
    const look = (): void => {
      const since = this.#since;
      if (since !== state.since) begun();
      state.since = since;
      state.cancel = this.#clock.after(LOOK_EVERY, look);
    };
    state.cancel = this.#clock.after(LOOK_EVERY, look);
    return () => state.cancel();
  }

  get #since(): string {
    const scheduled = latestStart(this.#times(), this.#clock.now()) ?? this.#opened;
    return isoTime(Math.max(scheduled, this.#restarted ?? 0));
  }
}
