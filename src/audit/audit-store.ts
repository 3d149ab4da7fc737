import type { ClaimsEvent } from "../contract/station-event.ts";
import type { BatchId, DeviceUuid, RunId, SlotId } from "../core/ids.ts";
import type { BatchSummary } from "../contract/station-request.ts";
import type { OwnerAct, RunEvent } from "../contract/run-event.ts";
import type { CertificateBook } from "./certificate-book.ts";
import type { Outbox } from "./outbox.ts";
import type { LineBook } from "./line-book.ts";

/** A batch to be recorded before any modem is touched; `runs` are the `run.started` events (seq 0) of its slots. */
export type BatchStart = {
  readonly batch: BatchId;
  readonly at: string;
  readonly fixture: string;
  readonly recipe: string;
  readonly recipeSha256: string;
  readonly recipeText: string;
  readonly operator?: string;
  readonly training: boolean;
  readonly runs: readonly Extract<RunEvent, { type: "run.started" }>[];
};

/** A run that was found open at start-up and closed as ABORTED. */
export type RecoveredRun = {
  readonly runId: RunId;
  readonly slot: SlotId;
  readonly batch: BatchId;
  readonly uuid?: DeviceUuid;
  readonly boardSerial?: string;
  /** Text of the command that was announced last and not concluded. */
  readonly lastCommand?: string;
  /** What was announced last at the owner's side and not concluded: it may have been carried out. */
  readonly ownerAct?: OwnerAct;
};

/** A run that gave PASS to a unit. */
export type PassedRun = { readonly runId: RunId; readonly finishedAt: string; readonly recipe: string };

/** What the record says about a unit's credentials. */
export type UnitHistory = {
  /** A run of this station has sent, or may have sent, commands to the unit. */
  readonly begun: boolean;
  /** The newest run that sent commands, where it passed: what it found in the modem in the end. */
  readonly proved?: PassedRun & { readonly credentials: readonly FoundCredential[] };
};

/** A credential that a run found in the modem; the digest as the modem told it. */
export type FoundCredential = { readonly secTag: number; readonly credential: number; readonly sha256?: string };

/** The newest check of a golden unit that came to an end. */
export type GoldenCheck = {
  readonly runId: RunId;
  readonly outcome: "PASS" | "FAIL" | "ERROR";
  readonly finishedAt: string;
  /** SHA-256 of the reference that it was compared with. */
  readonly recipeSha256: string;
};

/** An export that was written: what the chain records of it. */
export type ExportMade = {
  readonly at: string;
  readonly format: "csv" | "jsonl";
  readonly rows: number;
  /** SHA-256 of the exported file. */
  readonly sha256: string;
  /** SHA-256 of the manifest's other fields (audit-format.md); signed together with the head. */
  readonly scope?: string;
};

/** A row of a value file that a unit takes: for ever, and no other. */
export type RowUse = {
  /** The product and the file's path (value-table.ts). */
  readonly source: string;
  /** The row's key. */
  readonly row: string;
  /** SHA-256 over the row's used values. */
  readonly sha256: string;
};

/** A row that a unit has taken. */
export type UsedRow = Omit<RowUse, "source"> & { readonly uuid: string };

/**
 * The only writer of the audit database (design.md 9). Every promise resolves after the commit is on the disk and rejects with
 * StationError audit.* otherwise (audit.full, audit.unwritable, audit.corrupt …).
 */
export interface AuditStore {
  /** Identity of the station, made once and kept in the database. */
  readonly stationId: string;
  /** Records batch, frozen recipe, runs and their first events in one transaction. */
  startBatch(start: BatchStart): Promise<void>;
  /** Appends an event, keyed (runId, seq): repeats are harmless. Commits are grouped over a few milliseconds. `use` belongs to `unit.identified`: the row is taken in the same transaction, or neither is written (values.used). `run.finished` updates the run's row in the same transaction. */
  append(event: RunEvent, use?: RowUse): Promise<void>;
  /** The rows of a value file that units have taken; what waits to be written counts as not taken. */
  usedRows(source: string): readonly UsedRow[];
  /** Records the end of a batch from its runs and signs the head of the chain. */
  finishBatch(batch: BatchId, at: string, seconds: number): Promise<BatchSummary>;
  /** Keeps a setting of a device (correlation id, interval, config commands); the newest value wins. */
  putSetting(uuid: DeviceUuid, key: string, value: string, runId: RunId): Promise<void>;
  settingsOf(uuid: DeviceUuid): Readonly<Record<string, string>>;
  /** The newest PASS of a unit, by device UUID. */
  passedBefore(uuid: DeviceUuid): PassedRun | undefined;
  /** What the record says about a unit's credentials. */
  unitHistory(uuid: DeviceUuid): UnitHistory;
  /** The newest check of a golden unit on a fixture that ended as PASS, FAIL or ERROR. */
  goldenCheck(fixture: string): GoldenCheck | undefined;
  /** Records an export in the chain and signs the head; answers the signed head for the manifest. */
  recordExport(made: ExportMade): Promise<SignedHead>;
  /** Records what is done at the owner's service away from runs. */
  recordClaims(event: ClaimsEvent): Promise<void>;
  /** The certificates that CAs of one's own have given out. */
  readonly certificates: CertificateBook;
  /** What the chain says about units that are claimed across a line. */
  readonly line: LineBook;
  /** What a line of stations has not taken yet; absent where the database belongs to no line. */
  readonly outbox?: Outbox | undefined;
  /** Throws when the database cannot take a write now (full, read-only, locked): called before a batch may start. */
  assertWritable(): void;
  /** Flushes, checkpoints and closes; harmless when repeated. */
  close(): Promise<void>;
}

/** The head of the chain with the station's signature over it. */
export type SignedHead = { readonly position: number; readonly hash: string; readonly jws: string };
