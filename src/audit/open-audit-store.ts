import { basename } from "node:path";
import type { Database } from "better-sqlite3";
import type { Clock } from "../core/clock.ts";
import { milliseconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { timeOrderedId, type RandomBytes } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import { holdersOf, namesOf } from "../link/port-holder.ts";
import type { AuditStore, RecoveredRun } from "./audit-store.ts";
import { BatchLedger } from "./batch-ledger.ts";
import type { StationRow } from "./chain.ts";
import { checkChainEnd, stationRow } from "./chain-end.ts";
import { openForWriting } from "./database-file.ts";
import { growLog } from "./grow-log.ts";
import { folderKeyKeeper, type KeyKeeper } from "./key-keeper.ts";
import { Ledger } from "./ledger.ts";
import { lookOver } from "./look-over.ts";
import { SqliteOutbox, type LineStart } from "./outbox.ts";
import type { Checkpoint } from "./log-tidier.ts";
import { recoverRuns } from "./recovery.ts";
import { dropRestoreNote, readRestoreNote, replacement } from "./restore-note.ts";
import { auditError } from "./sqlite-error.ts";
import { SqliteAuditStore } from "./sqlite-audit-store.ts";
import { loadStationKey, type StationKey } from "./station-key.ts";
import { acquireWriterLock, type WriterLock } from "./writer-lock.ts";

/** Where the audit database is and how it is written. */
export type AuditOptions = {
  /** Path of the database; made with everything beside it when there is none. */
  readonly file: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Folder of the station's private key; default `<file>.key`. */
  readonly keyFolder?: string;
  /** Keeps the private key instead of the folder: the desktop's vault. */
  readonly keys?: KeyKeeper;
  /** Version of the station; recorded as `station.started`; default "unknown". */
  readonly version?: string;
  /** Name that another program is told when it wants to write too; default: name of this program. */
  readonly program?: string;
  /** How long events wait for company before a commit; default 4 ms, 0: never. */
  readonly commitWindow?: Duration;
  /** How many events may wait; default 20,000. */
  readonly queueLimit?: number;
  /** Free space that a batch needs to start, bytes; default 16 MiB. */
  readonly reserve?: number;
  /**
   * Moves the log into the database from elsewhere (`HistoryClient.checkpoint`), so that no commit has to; the log has its later
   * size from the start then. Default: SQLite does it within commits.
   */
  readonly checkpoint?: Checkpoint;
  /**
   * The database belongs to a line of stations from now on, for ever: its events wait in `AuditStore.outbox` until the line has
   * them. Says what becomes of those that are there when it joins; has no effect once it has joined.
   */
  readonly line?: LineStart;
};

/** An open store and the runs that were found open and closed as ABORTED. */
export type OpenedAudit = { readonly store: AuditStore; readonly recovered: readonly RecoveredRun[] };

const COMMIT_WINDOW = milliseconds(4);
const QUEUE_LIMIT = 20_000;
const RESERVE = 16 * 1024 * 1024;

/**
 * Opens the audit database as its only writer, makes it when there is none, and closes what a power cut left open.
 * A file that is damaged or foreign is left as it is.
 * @throws StationError audit.in-use, audit.corrupt, audit.cut, audit.foreign, audit.newer, audit.key, audit.unwritable, audit.full
 */
export async function openAuditStore(options: AuditOptions): Promise<OpenedAudit> {
  const { file, program = basename(process.argv[1] ?? process.title) } = options;
  const lock = acquireWriterLock(file, { pid: process.pid, program });
  try {
    await lookOver(file);
    const db = openForWriting(file);
    try {
      return await openWith(db, lock, options);
    } catch (error) {
      db.close();
      throw auditError(error, "the audit database cannot be opened", { file });
    }
  } catch (error) {
    lock.release();
    throw await withHolders(error, file);
  }
}

/** A refusal by another program's lock tells which programs have the database open, where the system tells. */
async function withHolders(error: unknown, file: string): Promise<unknown> {
  if (!(error instanceof StationError) || error.code !== "audit.locked") return error;
  const others = (await holdersOf(file)).filter(({ pid }) => pid !== process.pid);
  if (others.length === 0) return error;
  const facts = { ...error.facts, file, heldBy: namesOf(others) };
  return new StationError(error.code, error.message, facts, { cause: error });
}

async function openWith(db: Database, lock: WriterLock, options: AuditOptions): Promise<OpenedAudit> {
  const { clock, version = "unknown" } = options;
  const { station, key } = await stationOf(db, options);
  await checkChainEnd(db, options.file, station);
  const outbox = SqliteOutbox.of(db, station, options.line);
  const ledger = new Ledger(db, station, outbox && ((position) => outbox.add(position)));
  const batches = new BatchLedger(db, ledger, station.id);
  const at = isoTime(clock.now());
  const restored = readRestoreNote(options.file);
  db.transaction(() => {
    if (restored !== undefined) ledger.note(replacement(restored, at));
    ledger.note({ type: "station.started", at, version });
  }).immediate();
  const recovered = recoverRuns(db, ledger, batches, clock.now());
  const { commitWindow = COMMIT_WINDOW, queueLimit = QUEUE_LIMIT, reserve = RESERVE } = options;
  const { checkpoint } = options;
  const settings = { clock, commitWindow, queueLimit, reserve, ...(checkpoint === undefined ? {} : { checkpoint }) };
  const store = new SqliteAuditStore({
    ...{ db, lock, station, key, ledger, batches, ...settings },
    ...(outbox === undefined ? {} : { outbox }),
  });
  // Signed before any batch can start: a chain whose heads were all taken out is told from one that has none yet.
  await store.signHead();
  if (checkpoint !== undefined) await growLog(options.file);
  if (restored !== undefined) dropRestoreNote(options.file);
  return { store, recovered };
}

/** The station's row and its key, made at the first start. */
async function stationOf(
  db: Database,
  { file, clock, random, keyFolder, keys }: AuditOptions,
): Promise<{ readonly station: StationRow; readonly key: StationKey }> {
  const known = stationRow(db);
  const key = await loadStationKey(keys ?? folderKeyKeeper(keyFolder ?? `${file}.key`), known?.publicKey);
  if (known !== undefined) return { station: known, key };
  const station = {
    id: timeOrderedId(clock.now(), random),
    createdAt: isoTime(clock.now()),
    publicKey: key.publicKey,
  };
  db.prepare<string[]>("INSERT INTO station (id, created_at, public_key) VALUES (?, ?, ?)").run(
    ...[station.id, station.createdAt, station.publicKey],
  );
  return { station, key };
}
