import type { Database, Statement } from "better-sqlite3";
import type { RunEvent } from "../contract/run-event.ts";
import type { ClaimsEvent } from "../contract/station-event.ts";
import type { BatchSummary } from "../contract/station-request.ts";
import type { Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { BatchId, DeviceUuid, RunId } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import type {
  AuditStore,
  BatchStart,
  ExportMade,
  GoldenCheck,
  PassedRun,
  RowUse,
  SignedHead,
  UnitHistory,
  UsedRow,
} from "./audit-store.ts";
import type { BatchLedger } from "./batch-ledger.ts";
import { HEAD_TYPE, type StationRow } from "./chain.ts";
import type { CertificateBook } from "./certificate-book.ts";
import { CommitQueue, type Urgency } from "./commit-queue.ts";
import { urgencyOf } from "./event-urgency.ts";
import { writeHeadFile } from "./head-file.ts";
import type { Ledger, Tip } from "./ledger.ts";
import { LogSync } from "./log-sync.ts";
import { LogTidier, type Checkpoint } from "./log-tidier.ts";
import type { SqliteOutbox } from "./outbox.ts";
import { refuseSecrets } from "./secret-guard.ts";
import type { LineBook } from "./line-book.ts";
import { SqliteCertificateBook } from "./sqlite-certificate-book.ts";
import { SqliteLineBook } from "./sqlite-line-book.ts";
import { freeBytes, probe } from "./space-probe.ts";
import { auditError } from "./sqlite-error.ts";
import { UnitReader } from "./unit-reader.ts";
import { ValueLedger } from "./value-ledger.ts";
import type { StationKey } from "./station-key.ts";
import type { WriterLock } from "./writer-lock.ts";

/** The parts that an open store is made of. */
export type StoreParts = {
  readonly db: Database;
  readonly lock: WriterLock;
  readonly station: StationRow;
  readonly key: StationKey;
  readonly ledger: Ledger;
  readonly batches: BatchLedger;
  /** Of a database that belongs to a line. */
  readonly outbox?: SqliteOutbox;
  readonly clock: Clock;
  /** How long events wait for company before they are committed. */
  readonly commitWindow: Duration;
  /** How many events may wait. */
  readonly queueLimit: number;
  /** No batch starts with less free space, bytes. */
  readonly reserve: number;
  /** Moves the log into the database from elsewhere; absent: SQLite does it within commits. */
  readonly checkpoint?: Checkpoint;
};

/** The audit store on SQLite (design.md 9). Made by `openAuditStore`. */
export class SqliteAuditStore implements AuditStore {
  readonly #parts: StoreParts;
  readonly #queue: CommitQueue;
  readonly #log: LogSync;
  readonly #statements: ReturnType<typeof prepare>;
  readonly certificates: CertificateBook;
  readonly line: LineBook;
  readonly outbox: SqliteOutbox | undefined;
  readonly #units: UnitReader;
  readonly #values: ValueLedger;
  /**
   * Starts and ends of batches and signings follow one another: the newest head is written last, and no batch starts
   * between the end of another and the signature over it (a rule that `verifyDatabase` checks).
   */
  #turn: Promise<unknown> = Promise.resolve();
  /** A head that is in the chain but not yet beside the database. */
  #unkept: SignedHead | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#statements = prepare(parts.db);
    this.outbox = parts.outbox;
    this.#units = new UnitReader(parts.db);
    this.#values = new ValueLedger(parts.db);
    this.#log = new LogSync(parts.db.name);
    const logged = parts.db.pragma("journal_mode", { simple: true }) === "wal";
    const { checkpoint } = parts;
    if (checkpoint !== undefined) parts.db.pragma("wal_autocheckpoint = 0");
    this.#queue = new CommitQueue(parts.db, {
      persist: async () => {
        const { position } = parts.ledger.tip;
        if (logged) await this.#log.reach();
        tidier.committed();
        this.outbox?.reached(position);
      },
      clock: parts.clock,
      window: parts.commitWindow,
      limit: parts.queueLimit,
      onRollback: () => parts.ledger.forget(),
    });
    const tidier = new LogTidier(checkpoint, this.#queue, this.#log);
    const { db, ledger, clock } = parts;
    const write = async (work: () => void, urgency: Urgency = "prompt"): Promise<void> => {
      this.#refuseClosed();
      await this.#queue.submit(work, urgency);
    };
    const book = { db, ledger, write, read: <T>(work: () => T) => this.#reading(work) };
    this.outbox?.writeWith((work) => write(work, "grouped"));
    this.certificates = new SqliteCertificateBook({ ...book, clock });
    this.line = new SqliteLineBook(book);
  }

  get stationId(): string {
    return this.#parts.station.id;
  }

  async startBatch(start: BatchStart): Promise<void> {
    this.assertWritable();
    void this.#log.warm();
    const { batches, ledger } = this.#parts;
    await this.#inTurn(async () => {
      if (ledger.owesHead) await this.#signTip();
      await this.#queue.submit(() => batches.start(start), "prompt");
    });
  }

  async append(event: RunEvent, use?: RowUse): Promise<void> {
    this.#refuseClosed();
    const { ledger } = this.#parts;
    const write = (): void => {
      ledger.append(event);
      if (use !== undefined) this.#values.use(event, use);
    };
    await this.#queue.submit(write, urgencyOf(event));
  }

  usedRows(source: string): readonly UsedRow[] {
    return this.#reading(() => this.#values.used(source));
  }

  async finishBatch(batch: BatchId, at: string, seconds: number): Promise<BatchSummary> {
    this.#refuseClosed();
    return this.#inTurn(async () => {
      const summary = await this.#queue.submit(() => this.#parts.batches.finish(batch, at, seconds), "prompt");
      await this.#signTip();
      return summary;
    });
  }

  async putSetting(uuid: DeviceUuid, key: string, value: string, runId: RunId): Promise<void> {
    this.#refuseClosed();
    const at = isoTime(this.#parts.clock.now());
    await this.#queue.submit(() => {
      if (this.#statements.hasRun.get(runId) === undefined)
        throw new StationError("audit.unknown", "there is no such run", { run: runId });
      refuseSecrets(value, { uuid, key });
      this.#statements.putSetting.run(uuid, key, value, runId, at);
    }, "grouped");
  }

  settingsOf(uuid: DeviceUuid): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#reading(() => this.#statements.settings.all(uuid)));
  }

  passedBefore(uuid: DeviceUuid): PassedRun | undefined {
    return this.#reading(() => this.#units.passedBefore(uuid));
  }

  unitHistory(uuid: DeviceUuid): UnitHistory {
    return this.#reading(() => this.#units.history(uuid));
  }

  goldenCheck(fixture: string): GoldenCheck | undefined {
    return this.#reading(() => this.#units.goldenCheck(fixture));
  }

  async recordExport({ at, format, rows, sha256, scope }: ExportMade): Promise<SignedHead> {
    this.#refuseClosed();
    const note = (): Tip => this.#parts.ledger.note({ type: "export.made", at, format, rows, sha256 });
    const tip = await this.#queue.submit(note, "prompt");
    return this.#inTurn(() => this.#sign(tip, scope));
  }

  async recordClaims(event: ClaimsEvent): Promise<void> {
    this.#refuseClosed();
    await this.#queue.submit(() => this.#parts.ledger.note(event), "prompt");
  }

  assertWritable(): void {
    this.#refuseClosed();
    const { db, reserve } = this.#parts;
    try {
      const free = freeBytes(db.name);
      if (free < reserve)
        throw new StationError("audit.full", "too little space is left on the disk", {
          ...{ file: db.name, free: quantity(free, "bytes"), needed: quantity(reserve, "bytes") },
        });
      probe(db);
    } catch (error) {
      throw auditError(error, "the audit database cannot be written", { file: db.name });
    }
  }

  /**
   * Signs the end of the chain, appends the signature and keeps it beside the database.
   * Does nothing when the last row is a signed head already.
   * @throws StationError audit.*
   */
  async signHead(): Promise<void> {
    await this.#inTurn(() => this.#signTip());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { db, lock } = this.#parts;
    try {
      this.#queue.flush();
      await this.signHead();
    } finally {
      await this.#queue.drain();
      await this.#log.close().catch(() => undefined);
      tidy(db);
      db.close();
      lock.release();
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #signTip(): Promise<void> {
    const { tip } = this.#parts.ledger;
    if (tip.type !== HEAD_TYPE) await this.#sign(tip, undefined);
    else if (this.#unkept !== undefined) await this.#keep(this.#unkept);
  }

  async #sign({ position, hash }: Tip, scope: string | undefined): Promise<SignedHead> {
    const { key, ledger, clock, station } = this.#parts;
    const at = isoTime(clock.now());
    const claim = { station: station.id, position, hash, at, ...(scope === undefined ? {} : { scope }) };
    const head = { position, hash, jws: await key.sign(claim) };
    await this.#queue.submit(() => ledger.seal(head, at), "prompt");
    await this.#keep(head);
    return head;
  }

  async #keep(head: SignedHead): Promise<void> {
    this.#unkept = head;
    await writeHeadFile(this.#parts.db.name, head);
    this.#unkept = undefined;
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw new StationError("audit.closed", "the audit store is closed");
  }

  #reading<T>(read: () => T): T {
    this.#refuseClosed();
    try {
      return read();
    } catch (error) {
      throw auditError(error, "the audit database cannot be read", { file: this.#parts.db.name });
    }
  }
}

function prepare(db: Database) {
  const settings: Statement<[string], [string, string]> = db.prepare(
    "SELECT key, value FROM device_setting WHERE uuid = ? ORDER BY key",
  );
  return {
    settings: settings.raw(),
    hasRun: db.prepare<[string]>("SELECT 1 FROM run WHERE id = ?"),
    putSetting: db.prepare<string[]>(
      `INSERT INTO device_setting (uuid, key, value, run, at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (uuid, key) DO UPDATE SET value = excluded.value, run = excluded.run, at = excluded.at`,
    ),
  };
}

/** Moves the log into the database. On a full disk it stays beside it: nothing that was confirmed is lost by that. */
function tidy(db: Database): void {
  try {
    db.pragma("wal_checkpoint(TRUNCATE)");
  } catch {
    // The next opening does it.
  }
}
