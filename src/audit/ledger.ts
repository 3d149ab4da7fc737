import type { Database, Statement } from "better-sqlite3";
import type { RunRecord } from "../contract/history.ts";
import type { RunEvent } from "../contract/run-event.ts";
import type { StationEvent } from "../contract/station-event.ts";
import { StationError } from "../core/error.ts";
import type { RunId } from "../core/ids.ts";
import { admitEvent } from "./admission.ts";
import type { SignedHead } from "./audit-store.ts";
import { canonicalJson } from "./canonical-json.ts";
import { genesis, HEAD_TYPE, hashRow, type ChainRow, type StationRow } from "./chain.ts";
import { cellsOf, recordOf, RUN_COLUMN_LIST, RUN_COLUMNS, type Cell } from "./run-columns.ts";
import { nextRecord, startedRecord, type RunStarted } from "./run-record.ts";
import { refuseSecrets } from "./secret-guard.ts";

/** The last row of the chain. */
export type Tip = { readonly position: number; readonly hash: string; readonly type: string };

type OpenRun = { readonly nextSeq: number; readonly record: RunRecord };

/**
 * Writes rows of `event` and `run`; every method runs inside a transaction of its caller.
 * What it remembers (end of the chain, open runs) is forgotten with {@link Ledger.forget} when a transaction is undone.
 */
export class Ledger {
  readonly #station: StationRow;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #appended: (position: number) => void;
  readonly #open = new Map<RunId, OpenRun>();
  #tip: Tip | undefined;
  #lastBatchEnd = 0;
  #sealedUpTo = 0;

  /** @param appended told of every new row, inside of its transaction */
  constructor(db: Database, station: StationRow, appended: (position: number) => void = () => undefined) {
    this.#station = station;
    this.#appended = appended;
    this.#statements = prepare(db);
  }

  /** Reads everything anew from the database at the next use. */
  forget(): void {
    this.#open.clear();
    this.#tip = undefined;
    this.#sealedUpTo = 0;
  }

  /** The last row of the chain; position 0 for a new database. */
  get tip(): Tip {
    this.#tip ??= this.#statements.tip.get() ?? { position: 0, hash: genesis(this.#station), type: "" };
    return this.#tip;
  }

  /** Writes the row of a run and its first event. */
  startRun(event: RunStarted, batch: RunRecord["batch"]): void {
    if (this.#statements.run.get(event.runId) !== undefined)
      throw new StationError("audit.conflict", "another run has this id", { run: event.runId });
    const record = startedRecord(event, batch, this.#station.id);
    this.#statements.insertRun.run(...cellsOf(record));
    this.#link(event.runId, event.seq, event);
    this.#open.set(event.runId, { nextSeq: 1, record });
  }

  /**
   * Writes an event and what it changes in its run's row; a repeat changes nothing.
   * @throws StationError audit.unknown, audit.conflict, audit.gap, audit.over, audit.secret
   */
  append(event: RunEvent): void {
    const open = this.#open.get(event.runId) ?? this.#load(event.runId);
    const progress = open && { nextSeq: open.nextSeq, finished: open.record.outcome !== null };
    const verdict = admitEvent(event, progress, () => this.#statements.body.get(event.runId, event.seq));
    if (verdict === "repeat" || open === undefined) return;
    this.#link(event.runId, event.seq, event);
    const record = nextRecord(open.record, event);
    if (event.type === "unit.identified") this.#update(this.#statements.identifyRun, IDENTITY, record);
    if (event.type === "run.finished") this.#update(this.#statements.finishRun, RESULT, record);
    if (record.outcome === null) this.#open.set(event.runId, { nextSeq: event.seq + 1, record });
    else this.#open.delete(event.runId);
  }

  /** Whether a batch ended since the newest signed head. */
  get owesHead(): boolean {
    return this.#lastBatchEnd > this.#sealedUpTo;
  }

  /** Writes an event of the station itself. */
  note(event: StationEvent): Tip {
    const tip = this.#link(null, null, event);
    if (event.type === "batch.finished") this.#lastBatchEnd = tip.position;
    return tip;
  }

  /** Writes a signed head. */
  seal(head: SignedHead, at: string): Tip {
    this.#sealedUpTo = head.position;
    return this.#insert(null, null, HEAD_TYPE, at, canonicalJson({ type: HEAD_TYPE, at, ...head }));
  }

  #load(runId: RunId): OpenRun | undefined {
    const cells = this.#statements.run.get(runId);
    if (cells === undefined) return undefined;
    const nextSeq = (this.#statements.lastSeq.get(runId) ?? -1) + 1;
    return { nextSeq, record: recordOf(cells) };
  }

  #update(statement: Statement<Cell[]>, columns: readonly string[], record: RunRecord): void {
    const cells = cellsOf(record);
    statement.run(...columns.map((name) => cells[columnIndex(name)] ?? null), record.id);
  }

  #link(run: string | null, seq: number | null, event: RunEvent | StationEvent): Tip {
    const body = canonicalJson(event);
    refuseSecrets(body, { ...(run === null ? {} : { run, seq }), type: event.type });
    return this.#insert(run, seq, event.type, event.at, body);
  }

  #insert(run: string | null, seq: number | null, type: string, at: string, body: string): Tip {
    const { position: last, hash: previous } = this.tip;
    const row: ChainRow = { position: last + 1, run, seq, type, at, body, previous };
    const hash = hashRow(row);
    this.#statements.insertEvent.run(row.position, run, seq, type, at, body, previous, hash);
    this.#appended(row.position);
    this.#tip = { position: row.position, hash, type };
    return this.#tip;
  }
}

/** Columns that an event changes: no others are named in its statement, so that no other index is written anew. */
const IDENTITY = ["uuid", "imei", "board_serial", "model", "firmware", "hardware", "iccid"];
const RESULT = ["outcome", "code", "finished_at", "release", "elapsed_ms"];

function columnIndex(name: string): number {
  return RUN_COLUMNS.findIndex(([column]) => column === name);
}

function prepare(db: Database) {
  const holes = RUN_COLUMNS.map(() => "?").join(", ");
  const change = (columns: readonly string[]): Statement<Cell[]> =>
    db.prepare(`UPDATE run SET ${columns.map((column) => `${column} = ?`).join(", ")} WHERE id = ?`);
  const run: Statement<[string], unknown[]> = db.prepare(`SELECT ${RUN_COLUMN_LIST} FROM run WHERE id = ?`);
  const body: Statement<[string, number], string> = db.prepare("SELECT body FROM event WHERE run = ? AND seq = ?");
  const lastSeq: Statement<[string], number> = db.prepare("SELECT max(seq) FROM event WHERE run = ?");
  return {
    tip: db.prepare<[], Tip>("SELECT position, hash, type FROM event ORDER BY position DESC LIMIT 1"),
    run: run.raw(),
    body: body.pluck(),
    lastSeq: lastSeq.pluck(),
    insertRun: db.prepare<Cell[]>(`INSERT INTO run (${RUN_COLUMN_LIST}) VALUES (${holes})`),
    identifyRun: change(IDENTITY),
    finishRun: change(RESULT),
    insertEvent: db.prepare<Cell[]>(
      "INSERT INTO event (position, run, seq, type, at, body, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ),
  };
}
