import type { JobProgress } from "../../src/contract/desktop-news.ts";
import type { Progress } from "../../src/contract/history.ts";
import type { Clock } from "../../src/core/clock.ts";
import { milliseconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";

/** How often the window hears of progress, at most. */
const EVERY = milliseconds(100);

/** What a piece of work takes to be cancelled and to tell its progress. */
export type JobWatch = { readonly signal: AbortSignal; readonly progress: (progress: Progress) => void };

/** The long pieces of work that the window asked for, by the names it gave them. */
export class Jobs {
  readonly #clock: Clock;
  readonly #tell: (progress: JobProgress) => void;
  readonly #running = new Map<string, AbortController>();

  constructor(clock: Clock, tell: (progress: JobProgress) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /**
   * Does the work under its name; work without a name cannot be cancelled and tells no progress.
   * @throws what the work throws; StationError desktop.cancelled; desktop.request when the name is in use
   */
  async run<T>(job: string | undefined, work: (watch: JobWatch) => Promise<T>): Promise<T> {
    if (job === undefined) return work({ signal: new AbortController().signal, progress: () => undefined });
    if (this.#running.has(job)) throw new StationError("desktop.request", "work of this name is under way", { job });
    const controller = new AbortController();
    this.#running.set(job, controller);
    try {
      return await work({ signal: controller.signal, progress: this.#progressOf(job) });
    } finally {
      this.#running.delete(job);
    }
  }

  /** Harmless when there is no work of this name. */
  cancel(job: string): void {
    this.#running.get(job)?.abort(new StationError("desktop.cancelled", "the work was cancelled"));
  }

  cancelAll(): void {
    for (const job of [...this.#running.keys()]) this.cancel(job);
  }

  /** Tells the first step, the last, and no more than one each {@link EVERY} between. */
  #progressOf(job: string): (progress: Progress) => void {
    const last = { at: Number.NEGATIVE_INFINITY };
    return ({ done, total }) => {
      const now = this.#clock.monotonic();
      if (done < total && now - last.at < EVERY) return;
      last.at = now;
      this.#tell({ job, done, total });
    };
  }
}
