import type { Database } from "better-sqlite3";
import type { RunRecord } from "../contract/history.ts";
import type { ChainRow, StationRow } from "./chain.ts";
import { recordOf, RUN_COLUMN_LIST } from "./run-columns.ts";

/** An event of the chain as it leaves for the line, with its digest. */
export type OutboxRow = ChainRow & { readonly hash: string };

/** What becomes of the events that are there when a database first joins a line. */
export type LineStart = "everything" | "from-now";

/**
 * The events that the line of stations has not taken yet. A row is written in the transaction of its event, and may leave once that
 * is on the disk: what a power cut takes back was never told to anybody.
 */
export interface Outbox {
  /** The row of table `station`, by which others check the chain. */
  readonly identity: StationRow;
  /** The line has everything up to here, except what {@link Outbox.started} keeps back. */
  readonly settled: number;
  /** Events up to here stay with the station. */
  readonly started: number;
  /** How many events wait. */
  readonly size: number;
  /** Events that wait behind a position, in the order of the chain, `limit` at most; only such as are on the disk. */
  waiting(after: number, limit: number): readonly OutboxRow[];
  /** The digest of an event, waiting or not. */
  hashAt(position: number): string | undefined;
  /** The run as its row tells it. */
  run(id: string): RunRecord | undefined;
  /** The line has everything up to here: it waits no longer. Harmless when repeated. */
  settle(position: number): Promise<void>;
  /** The line has lost what comes after a position: it waits again, unless it is older than {@link Outbox.started}. */
  refill(after: number): Promise<void>;
  /** Calls when events begin to wait; the answer ends it. */
  subscribe(wake: () => void): () => void;
}

type Mark = { readonly started: number; readonly settled: number };

/** So many rows are settled or filled in again within one transaction: more would hold the event loop. */
const SLICE = 2000;

/** How the outbox writes: within the store's next transaction. */
export type WriteLater = (work: () => void) => Promise<void>;

/** The outbox on SQLite. Its rows of events are made by {@link SqliteOutbox.add}, inside the transaction of the ledger. */
export class SqliteOutbox implements Outbox {
  readonly identity: StationRow;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #listeners = new Set<() => void>();
  #write: WriteLater | undefined;
  #onDisk = 0;

  private constructor(db: Database, identity: StationRow) {
    this.identity = identity;
    this.#statements = prepare(db);
  }

  /**
   * The outbox of a database that belongs to a line, or joins one now; undefined otherwise.
   * @param start what becomes of the events that are there already, when the database joins
   */
  static of(db: Database, identity: StationRow, start: LineStart | undefined): SqliteOutbox | undefined {
    const outbox = new SqliteOutbox(db, identity);
    if (outbox.#statements.mark.get() !== undefined) return outbox;
    if (start === undefined) return undefined;
    db.transaction(() => {
      const last = start === "everything" ? 0 : (outbox.#statements.last.get() ?? 0);
      outbox.#statements.join.run(last, last);
      outbox.#statements.fill.run(last);
    }).immediate();
    return outbox;
  }

  /** Gives it the way to write, which the store has. */
  writeWith(write: WriteLater): void {
    this.#write = write;
  }

  /** Lets an event wait; inside the transaction that writes it. */
  add(position: number): void {
    this.#statements.add.run(position);
  }

  /** Everything up to here is on the disk. */
  reached(position: number): void {
    if (position <= this.#onDisk) return;
    this.#onDisk = position;
    for (const wake of [...this.#listeners]) wake();
  }

  get settled(): number {
    return this.#mark.settled;
  }

  get started(): number {
    return this.#mark.started;
  }

  get size(): number {
    const { first, last } = this.#statements.ends.get() ?? { first: null, last: null };
    // Without gaps: what waits begins behind what the line has, and every event after that waits.
    return first === null || last === null ? 0 : last - first + 1;
  }

  waiting(after: number, limit: number): readonly OutboxRow[] {
    return this.#statements.waiting.all(after, this.#onDisk, limit);
  }

  hashAt(position: number): string | undefined {
    return this.#statements.hashAt.get(position);
  }

  run(id: string): RunRecord | undefined {
    const cells = this.#statements.run.get(id);
    return cells === undefined ? undefined : recordOf(cells);
  }

  async settle(position: number): Promise<void> {
    for (let upTo = this.settled; upTo < position;) {
      upTo = Math.min(position, upTo + SLICE);
      const end = upTo;
      await this.#later(() => {
        this.#statements.remove.run(end);
        this.#statements.settle.run(end);
      });
    }
  }

  async refill(after: number): Promise<void> {
    const first = Math.max(after, this.started);
    for (let from = this.settled; from > first;) {
      const [begin, end] = [Math.max(first, from - SLICE), from];
      await this.#later(() => {
        this.#statements.refill.run(begin, end);
        this.#statements.settle.run(begin);
      });
      from = begin;
    }
  }

  subscribe(wake: () => void): () => void {
    this.#listeners.add(wake);
    return () => this.#listeners.delete(wake);
  }

  get #mark(): Mark {
    return this.#statements.mark.get() ?? { started: 0, settled: 0 };
  }

  async #later(work: () => void): Promise<void> {
    await this.#write?.(work);
  }
}

type Ends = { readonly first: number | null; readonly last: number | null };

function prepare(db: Database) {
  return {
    mark: db.prepare<[], Mark>("SELECT started, settled FROM outbox_mark"),
    join: db.prepare<[number, number]>("INSERT INTO outbox_mark (one, started, settled) VALUES (1, ?, ?)"),
    last: db.prepare<[], number | null>("SELECT max(position) FROM event").pluck(),
    fill: db.prepare<[number]>("INSERT OR IGNORE INTO outbox (position) SELECT position FROM event WHERE position > ?"),
    add: db.prepare<[number]>("INSERT INTO outbox (position) VALUES (?)"),
    ends: db.prepare<[], Ends>(
      "SELECT (SELECT min(position) FROM outbox) AS first, (SELECT max(position) FROM outbox) AS last",
    ),
    waiting: db.prepare<[number, number, number], OutboxRow>(
      `SELECT event.position, run, seq, type, at, body, previous, hash FROM outbox JOIN event USING (position)
       WHERE outbox.position > ? AND outbox.position <= ? ORDER BY outbox.position LIMIT ?`,
    ),
    hashAt: db.prepare<[number], string>("SELECT hash FROM event WHERE position = ?").pluck(),
    run: db.prepare<[string], unknown[]>(`SELECT ${RUN_COLUMN_LIST} FROM run WHERE id = ?`).raw(),
    remove: db.prepare<[number]>("DELETE FROM outbox WHERE position <= ?"),
    settle: db.prepare<[number]>("UPDATE outbox_mark SET settled = ?"),
    refill: db.prepare<[number, number]>(
      "INSERT OR IGNORE INTO outbox (position) SELECT position FROM event WHERE position > ? AND position <= ?",
    ),
  };
}
