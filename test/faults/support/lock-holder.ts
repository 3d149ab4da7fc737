import { Worker } from "node:worker_threads";

const PROGRAM = `
  const { workerData, parentPort } = require("node:worker_threads");
  const { file, holds, flag } = workerData;
  const db = require("better-sqlite3")(file);
  parentPort.once("message", () => {
    db.exec("BEGIN IMMEDIATE");
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    setTimeout(() => {
      db.exec("COMMIT");
      db.close();
      parentPort.close();
    }, holds);
  });
`;
/** Longer than any start of a thread, ms. */
const LIMIT = 20_000;

/** Another writer of a database, on a connection of its own, that takes the write lock at a word and keeps it for a while. */
export class LockHolder {
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));
  readonly #thread: Worker;
  readonly #over: Promise<unknown>;

  constructor(file: string, holds: number) {
    this.#thread = new Worker(PROGRAM, { eval: true, workerData: { file, holds, flag: this.#flag } });
    this.#over = new Promise((resolve) => this.#thread.once("exit", resolve));
  }

  /** Takes the lock; it is held when this returns. */
  strike(): void {
    this.#thread.postMessage("now");
    Atomics.wait(this.#flag, 0, 0, LIMIT);
  }

  async released(): Promise<void> {
    await this.#over;
  }
}
