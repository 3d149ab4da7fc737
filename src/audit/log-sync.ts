import { open, type FileHandle } from "node:fs/promises";

/** Bytes that are read at once, and at most altogether: far more than the log has between two checkpoints. */
const READ_SIZE = 256 * 1024;
const MOST_READ = 32 * 1024 * 1024;

/**
 * Brings SQLite's write-ahead log to the disk outside the event loop: a disk that takes its time keeps no window and no worker
 * waiting. SQLite itself is told not to wait at each commit (`synchronous = NORMAL`); whoever reports a commit waits here first,
 * which is what `synchronous = FULL` would do within the commit.
 */
export class LogSync {
  readonly #log: string;
  #file: FileHandle | undefined;
  #queued: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #warming: Promise<void> | undefined;

  /** @param database path of the database; its log is there from the first commit on */
  constructor(database: string) {
    this.#log = `${database}-wal`;
  }

  /**
   * Resolves when everything that was committed before the call is on the disk; calls that come while one is on its way share the
   * next one.
   * @throws Error of the file system
   */
  reach(): Promise<void> {
    // Not the one that is under way: it may have begun before the commit.
    this.#queued ??= this.#afterLast();
    return this.#queued;
  }

  #afterLast(): Promise<void> {
    const sync = this.#last.then(() => {
      this.#queued = undefined;
      return this.#sync();
    });
    this.#last = sync.catch(() => undefined);
    return sync;
  }

  async #sync(): Promise<void> {
    // Writable, as Windows flushes no others. SQLite takes no locks on its log, so that closing this takes none away.
    this.#file ??= await open(this.#log, "r+");
    await this.#file.datasync();
  }

  /**
   * Reads the log once. SQLite writes over the older part of its log, in pieces that end within a page: where the system has given
   * that page's memory away meanwhile, a commit would wait, in the event loop, until the disk has read it. Never throws: a log that
   * is not there, or cannot be read, is the next commit's concern.
   */
  warm(): Promise<void> {
    this.#warming ??= this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#warming = undefined;
      });
    return this.#warming;
  }

  async #read(): Promise<void> {
    const file = await open(this.#log, "r");
    try {
      const buffer = Buffer.alloc(READ_SIZE);
      for (let position = 0; position < MOST_READ; position += READ_SIZE)
        if ((await file.read(buffer, 0, READ_SIZE, position)).bytesRead < READ_SIZE) return;
    } finally {
      await file.close();
    }
  }

  /** Waits for what is under way. Harmless when repeated. */
  async close(): Promise<void> {
    await this.#last;
    await this.#warming;
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}
