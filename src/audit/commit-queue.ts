import type { Database, Transaction } from "better-sqlite3";
import type { Clock } from "../core/clock.ts";
import { milliseconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { auditError, isConstraint } from "./sqlite-error.ts";

/** `grouped` work waits for the window; `prompt` work takes what waits along at the next turn of the event loop. */
export type Urgency = "grouped" | "prompt";

/** How commits are grouped. */
export type CommitOptions = {
  readonly clock: Clock;
  /** How long grouped work may wait for company; 0: never. */
  readonly window: Duration;
  /** How much work may wait before new work is refused. */
  readonly limit: number;
  /** Called after a rollback: what was thought to be written is not. */
  readonly onRollback: () => void;
  /** Brings what was committed to the disk. @throws Error of the file system */
  readonly persist: () => Promise<void>;
};

type Job = {
  readonly apply: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: StationError) => void;
};
type Applied = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: StationError };

/** How long commits are held back at most. */
const LONGEST_HOLD = milliseconds(250);
/** Commit at once when so much waits: longer transactions gain nothing. */
const FULL_GROUP = 512;

/**
 * Gathers writes into one transaction per few milliseconds. Work is applied in the order in which it came; a piece that
 * is refused leaves the others of its group alone; a commit that fails fails the whole group. After a commit that could not be
 * brought to the disk nobody knows what is there: nothing more is taken until the database is opened anew.
 */
export class CommitQueue {
  readonly #db: Database;
  readonly #options: CommitOptions;
  readonly #applyAll: Transaction<(jobs: readonly Job[]) => Applied[]>;
  #waiting: Job[] = [];
  #cancelTimer: (() => void) | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #persisting = 0;
  #held = 0;
  /** Work is due that waits until nothing is held back any more. */
  #due = false;
  #persisted: Promise<void> = Promise.resolve();
  #failure: StationError | undefined;

  constructor(db: Database, options: CommitOptions) {
    this.#db = db;
    this.#options = options;
    const applyOne = db.transaction((job: Job) => job.apply());
    this.#applyAll = db.transaction((jobs: readonly Job[]) => jobs.map((job) => this.#applied(() => applyOne(job))));
  }

  /**
   * Runs `apply` within the next transaction; resolves with what it answered when its commit is on the disk.
   * @throws StationError audit.busy when too much waits; what `apply` throws; audit.* of a failed commit
   */
  submit<T>(apply: () => T, urgency: Urgency): Promise<T> {
    const { limit, clock, window } = this.#options;
    if (this.#waiting.length + this.#persisting >= limit)
      return Promise.reject(
        new StationError("audit.busy", "too many records wait to be written", { limit: quantity(limit, "items") }),
      );
    const committed = new Promise<T>((resolve, reject) => {
      this.#waiting.push({ apply, resolve: (value) => resolve(value as T), reject });
    });
    if (urgency === "prompt" || window === 0 || this.#waiting.length >= FULL_GROUP)
      this.#immediate ??= setImmediate(() => this.#flushUnlessHeld());
    else this.#cancelTimer ??= clock.after(window, () => this.#flushUnlessHeld());
    return committed;
  }

  /**
   * Commits nothing by itself while `work` is under way, for 250 ms at most; what is due then is committed behind it.
   * @throws what `work` throws
   */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      this.#held -= 1;
      if (this.#held === 0 && this.#due) this.flush();
    };
    this.#held += 1;
    const cancel = this.#options.clock.after(LONGEST_HOLD, release);
    try {
      return await work();
    } finally {
      cancel();
      release();
    }
  }

  #flushUnlessHeld(): void {
    if (this.#held > 0) this.#due = true;
    else this.flush();
  }

  /** Commits what waits, now. Never throws: failures reach those who wait. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    this.#due = false;
    const jobs = this.#waiting;
    this.#waiting = [];
    if (jobs.length > 0) this.#commit(jobs);
  }

  /** Commits what waits and waits until it is on the disk. Never throws. */
  async drain(): Promise<void> {
    this.flush();
    await this.#persisted;
  }

  #commit(jobs: readonly Job[]): void {
    if (this.#failure !== undefined) {
      rejectAll(jobs, this.#failure);
      return;
    }
    let results: readonly Applied[];
    try {
      results = this.#applyAll.immediate(jobs);
    } catch (error) {
      this.#options.onRollback();
      rejectAll(jobs, this.#refusal(error));
      return;
    }
    this.#persisting += jobs.length;
    this.#persisted = this.#persist(jobs, results);
  }

  async #persist(jobs: readonly Job[], results: readonly Applied[]): Promise<void> {
    try {
      await this.#options.persist();
      if (this.#failure === undefined) settleAll(jobs, results);
      else rejectAll(jobs, this.#failure);
    } catch (error) {
      this.#failure ??= this.#refusal(error);
      rejectAll(jobs, this.#failure);
    } finally {
      this.#persisting -= jobs.length;
    }
  }

  #refusal(error: unknown): StationError {
    return auditError(error, "the audit database took no record", { file: this.#db.name });
  }

  /** What a piece of work gave; refusals are answers, failures of the database end the whole transaction. */
  #applied(apply: () => unknown): Applied {
    try {
      return { ok: true, value: apply() };
    } catch (error) {
      if (!(error instanceof StationError) && !isConstraint(error)) throw error;
      this.#options.onRollback();
      return { ok: false, error: auditError(error, "the audit database refused a record", { file: this.#db.name }) };
    }
  }
}

function settleAll(jobs: readonly Job[], results: readonly Applied[]): void {
  for (const [index, job] of jobs.entries()) {
    const result = results[index];
    if (result?.ok === true) job.resolve(result.value);
    else if (result !== undefined) job.reject(result.error);
  }
}

function rejectAll(jobs: readonly Job[], error: StationError): void {
  for (const job of jobs) job.reject(error);
}
