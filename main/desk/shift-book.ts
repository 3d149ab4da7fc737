import type { HistoryClient } from "../../src/audit/history-thread.ts";
import type { Shift } from "../../src/contract/desktop-snapshot.ts";
import type { Clock } from "../../src/core/clock.ts";
import { isoTime } from "../../src/core/iso-time.ts";

/** Counts the runs of the shift out of the record; a shift begins with the application or when a person says so. */
export class ShiftBook {
  readonly #history: Pick<HistoryClient, "counts">;
  readonly #clock: Clock;
  #since: string;

  constructor(history: Pick<HistoryClient, "counts">, clock: Clock) {
    this.#history = history;
    this.#clock = clock;
    this.#since = isoTime(clock.now());
  }

  /** @throws StationError audit.* */
  async read(): Promise<Shift> {
    const since = this.#since;
    return { since, counts: await this.#history.counts({ from: since }) };
  }

  /** Begins a new shift now. @throws StationError audit.* */
  restart(): Promise<Shift> {
    this.#since = isoTime(this.#clock.now());
    return this.read();
  }
}
