import type { CommitQueue } from "./commit-queue.ts";
import type { LogSync } from "./log-sync.ts";

/** Commits between two checkpoints. */
const EVERY = 256;
/** Frames of 4 kB from which on the log is to begin anew; what is grown for it (grow-log.ts) holds twice as many. */
const FULL = 2048;

/** Moves the log into the database; answers how many frames the log has. */
export type Checkpoint = () => Promise<number>;

/**
 * Has the log moved into the database now and then, by somebody whom the core need not wait for. SQLite begins the log anew only
 * if all of it was moved before another commit came, which on a busy station never happens by itself: the log would grow for ever.
 * Where it is long the few frames that came meanwhile are moved with the commits held back.
 */
export class LogTidier {
  readonly #checkpoint: Checkpoint | undefined;
  readonly #queue: Pick<CommitQueue, "hold">;
  readonly #log: Pick<LogSync, "warm">;
  #commits = 0;
  #running = false;

  /** @param checkpoint absent: nothing is done here */
  constructor(checkpoint: Checkpoint | undefined, queue: Pick<CommitQueue, "hold">, log: Pick<LogSync, "warm">) {
    this.#checkpoint = checkpoint;
    this.#queue = queue;
    this.#log = log;
  }

  /** A commit is on the disk. */
  committed(): void {
    this.#commits += 1;
    if (this.#checkpoint === undefined || this.#running || this.#commits < EVERY) return;
    this.#commits = 0;
    this.#running = true;
    const over = (): void => {
      this.#running = false;
    };
    // One that fails loses nothing: the log grows until the next, at the latest until the store is closed.
    this.#tidy(this.#checkpoint).then(over, over);
  }

  async #tidy(checkpoint: Checkpoint): Promise<void> {
    const frames = await checkpoint();
    if (frames >= FULL) await this.#queue.hold(checkpoint);
    await this.#log.warm();
  }
}
