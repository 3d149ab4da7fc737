import { Backoff } from "../../core/backoff.ts";
import { sleep } from "../../core/clock.ts";
import { seconds, type Duration } from "../../core/duration.ts";
import type { AloneParts } from "./alone-runs.ts";
import { AloneRuns } from "./alone-runs.ts";
import type { EndedAlone } from "./record.ts";

const FIRST_WAIT = seconds(1);
const LONGEST_WAIT = seconds(15);
/** PASSes that are remembered; the drain tells the line of each once more, so that the oldest may be forgotten. */
const MOST_PASSED = 4096;

/** A PASS that the line does not know yet, with the revision of the lease that is given back afterwards. */
type Owed = { readonly run: EndedAlone; readonly passedAt: string; readonly revision: number };

/** What the line has to be told once it is there again: PASSes, and runs that went on alone. Tries again and again, never in a hurry. */
export class LineDebts {
  readonly #parts: AloneParts;
  readonly #passed = new Map<string, Owed>();
  readonly #closing = new AbortController();
  readonly alone: AloneRuns;
  #work: Promise<void> | undefined;
  #wake: () => void = () => undefined;

  /** @throws StationError audit.* when the record cannot be read */
  constructor(parts: AloneParts) {
    this.#parts = parts;
    this.alone = new AloneRuns(parts);
    this.pay();
  }

  /** The unit passed, and the line could not be told. */
  owePassed(owed: Owed): void {
    const [oldest] = this.#passed.keys();
    if (this.#passed.size >= MOST_PASSED && oldest !== undefined) this.#passed.delete(oldest);
    this.#passed.set(owed.run.uuid, owed);
    this.pay();
  }

  /** The run went on alone and has ended. */
  oweAlone(run: EndedAlone): void {
    this.alone.add(run);
    this.pay();
  }

  /** Tries now, if there is anything to be told. */
  pay(): void {
    this.#wake();
    if (this.#closing.signal.aborted || this.#isClear()) return;
    this.#work ??= this.#payAll().finally(() => {
      this.#work = undefined;
    });
  }

  /** Resolves when there is nothing to be told any more. */
  async paid(): Promise<void> {
    await this.#work;
  }

  /** What is left is found again at the next start: in the record, or by the drain. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#work;
  }

  #isClear(): boolean {
    return this.#passed.size === 0 && this.alone.size === 0;
  }

  async #payAll(): Promise<void> {
    const { signal } = this.#closing;
    const waits = new Backoff(FIRST_WAIT, LONGEST_WAIT);
    while (!this.#isClear() && !signal.aborted) {
      try {
        await this.#payPassed();
        await this.alone.settleEnded(signal);
      } catch {
        // Away again, or a record that cannot be written: whoever looks after those tells it.
        if (await this.#pause(waits.next())) waits.reset();
      }
    }
  }

  async #payPassed(): Promise<void> {
    for (const [uuid, owed] of this.#passed) {
      if (this.#closing.signal.aborted) return;
      await this.alone.pass(owed.run, owed.passedAt);
      this.#passed.delete(uuid);
      await this.#parts.leases.remove(uuid, owed.revision);
    }
  }

  /** @returns whether somebody asked for haste */
  async #pause(wait: Duration): Promise<boolean> {
    const woken = new AbortController();
    const wake = (): void => woken.abort();
    this.#wake = wake;
    const { signal } = this.#closing;
    signal.addEventListener("abort", wake, { once: true });
    if (signal.aborted) wake();
    await sleep(this.#parts.clock, wait, woken.signal).catch(() => undefined);
    signal.removeEventListener("abort", wake);
    this.#wake = () => undefined;
    return woken.signal.aborted;
  }
}
