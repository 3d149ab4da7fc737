/** Commits between two checkpoints: a few MB of log. */
const EVERY = 256;

/** Has the log moved into the database now and then, by somebody whom the core need not wait for. */
export class LogTidier {
  readonly #checkpoint: (() => Promise<void>) | undefined;
  #commits = 0;
  #running = false;

  /** @param checkpoint moves the log into the database; absent: nothing is done here */
  constructor(checkpoint: (() => Promise<void>) | undefined) {
    this.#checkpoint = checkpoint;
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
    this.#checkpoint().then(over, over);
  }
}
