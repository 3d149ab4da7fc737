import { createHash } from "node:crypto";
import type { RunRecord } from "../../src/contract/history.ts";
import type { RunEvent } from "../../src/contract/run-event.ts";
import type { ClaimsEvent } from "../../src/contract/station-event.ts";
import type { BatchSummary } from "../../src/contract/station-request.ts";
import { admitEvent, checkBatchStart } from "../../src/audit/admission.ts";
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
} from "../../src/audit/audit-store.ts";
import { foundCredentials } from "../../src/audit/unit-reader.ts";
import { summarise } from "../../src/audit/batch-summary.ts";
import { canonicalJson } from "../../src/audit/canonical-json.ts";
import { nextRecord, startedRecord } from "../../src/audit/run-record.ts";
import { refuseSecrets } from "../../src/audit/secret-guard.ts";
import { checkUse, unitOf } from "../../src/audit/value-ledger.ts";
import { StationError } from "../../src/core/error.ts";
import type { BatchId, DeviceUuid, RunId } from "../../src/core/ids.ts";
import { MemoryCertificateBook } from "./memory-certificate-book.ts";
import { MemoryLineBook } from "./memory-line-book.ts";

type StoredRun = { readonly events: RunEvent[]; record: RunRecord };

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** An audit store without a disk, for the specs of other folders. Same rules as the real one, by the same contract suite. */
export class MemoryAuditStore implements AuditStore {
  readonly stationId: string;
  /** Every event that was stored, in the order of the chain. */
  readonly events: RunEvent[] = [];
  readonly summaries: BatchSummary[] = [];
  readonly certificates = new MemoryCertificateBook({
    check: () => this.#check(),
    hasRun: (run) => this.#runs.has(run),
  });
  readonly line = new MemoryLineBook({
    check: () => this.#check(),
    link: (body) => this.#link(body),
    record: (run) => this.#runs.get(run)?.record,
  });
  readonly #batches = new Map<BatchId, BatchStart>();
  readonly #runs = new Map<RunId, StoredRun>();
  readonly #settings = new Map<DeviceUuid, Map<string, string>>();
  readonly #used = new Map<string, readonly UsedRow[]>();
  #position = 0;
  #hash = "0".repeat(64);
  #failure: StationError | undefined;
  #closed = false;

  constructor(stationId = "00000000-0000-7000-8000-000000000001") {
    this.stationId = stationId;
  }

  /** From now on every write fails with this error, as a full disk does; undefined: the disk is well again. */
  failWith(error: StationError | undefined): void {
    this.#failure = error;
  }

  /** The rows of table `run`, in the order in which the runs started. */
  get records(): readonly RunRecord[] {
    return [...this.#runs.values()].map((run) => run.record);
  }

  eventsOf(runId: RunId): readonly RunEvent[] {
    return this.#runs.get(runId)?.events ?? [];
  }

  async startBatch(start: BatchStart): Promise<void> {
    this.#check();
    const known = this.#batches.get(start.batch);
    if (known !== undefined && canonicalJson(known) === canonicalJson(start)) return;
    const repeated = start.runs.find((run) => this.#runs.has(run.runId));
    if (known !== undefined || repeated !== undefined)
      throw new StationError("audit.conflict", "another batch or run has this id", { batch: start.batch });
    checkBatchStart(start, sha256);
    refuseSecrets(canonicalJson(start), { batch: start.batch });
    this.#batches.set(start.batch, start);
    for (const event of start.runs) {
      this.#runs.set(event.runId, { events: [], record: startedRecord(event, start.batch, this.stationId) });
      this.#keep(event);
    }
  }

  async append(event: RunEvent, use?: RowUse): Promise<void> {
    this.#check();
    const run = this.#runs.get(event.runId);
    const progress =
      run === undefined ? undefined : { nextSeq: run.events.length, finished: run.record.outcome !== null };
    const verdict = admitEvent(event, progress, () => canonicalJson(run?.events[event.seq]));
    if (use !== undefined) this.#use(event, use);
    if (verdict === "repeat" || run === undefined) return;
    refuseSecrets(canonicalJson(event), { run: event.runId, seq: event.seq });
    run.record = nextRecord(run.record, event);
    this.#keep(event);
  }

  usedRows(source: string): readonly UsedRow[] {
    return this.#used.get(source) ?? [];
  }

  async finishBatch(batch: BatchId, _at: string, seconds: number): Promise<BatchSummary> {
    this.#check();
    if (!this.#batches.has(batch)) throw new StationError("audit.unknown", "there is no such batch", { batch });
    const outcomes = this.records.filter((run) => run.batch === batch).map((run) => run.outcome);
    const summary = summarise(batch, outcomes, seconds);
    this.summaries.push(summary);
    return summary;
  }

  async putSetting(uuid: DeviceUuid, key: string, value: string, runId: RunId): Promise<void> {
    this.#check();
    if (!this.#runs.has(runId)) throw new StationError("audit.unknown", "there is no such run", { run: runId });
    refuseSecrets(value, { uuid, key });
    const settings = this.#settings.get(uuid) ?? new Map<string, string>();
    this.#settings.set(uuid, settings.set(key, value));
  }

  settingsOf(uuid: DeviceUuid): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#settings.get(uuid) ?? []);
  }

  passedBefore(uuid: DeviceUuid): PassedRun | undefined {
    const passed = this.records
      .filter((run) => run.uuid === uuid && run.outcome === "PASS" && run.purpose === "provision")
      .sort((a, b) => ((a.finishedAt ?? "") < (b.finishedAt ?? "") ? 1 : -1));
    const [newest] = passed;
    if (newest === undefined || newest.finishedAt === null) return undefined;
    return { runId: newest.id, finishedAt: newest.finishedAt, recipe: newest.recipe };
  }

  unitHistory(uuid: DeviceUuid): UnitHistory {
    const worked = this.records.filter(
      (run) => run.uuid === uuid && run.purpose === "provision" && this.#hasCommands(run.id),
    );
    const latest = worked.at(-1);
    if (latest === undefined) return { begun: false };
    if (latest.outcome !== "PASS" || latest.finishedAt === null) return { begun: true };
    const { id: runId, finishedAt, recipe } = latest;
    return {
      begun: true,
      proved: { runId, finishedAt, recipe, credentials: foundCredentials(this.eventsOf(runId)) },
    };
  }

  goldenCheck(fixture: string): GoldenCheck | undefined {
    const checks = this.records.filter(
      (run) => run.purpose === "golden" && this.#batches.get(run.batch)?.fixture === fixture,
    );
    const latest = checks.findLast(({ outcome }) => outcome !== null && outcome !== "ABORTED");
    if (latest === undefined) return undefined;
    const { id: runId, outcome, finishedAt, recipeSha256 } = latest;
    if (finishedAt === null || outcome === null || outcome === "ABORTED") return undefined;
    return { runId, outcome, finishedAt, recipeSha256 };
  }

  #hasCommands(runId: RunId): boolean {
    return this.eventsOf(runId).some(({ type }) => type === "command.announced");
  }

  async recordExport(made: ExportMade): Promise<SignedHead> {
    this.#check();
    this.#link(canonicalJson({ type: "export.made", ...made }));
    const payload = Buffer.from(JSON.stringify({ position: this.#position, hash: this.#hash })).toString("base64url");
    return { position: this.#position, hash: this.#hash, jws: `e30.${payload}.unsigned` };
  }

  async recordClaims(event: ClaimsEvent): Promise<void> {
    this.#check();
    refuseSecrets(canonicalJson(event), { type: event.type });
    this.#link(canonicalJson(event));
  }

  assertWritable(): void {
    this.#check();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #use(event: RunEvent, use: RowUse): void {
    const uuid = unitOf(event);
    const all = this.usedRows(use.source);
    const found = all.filter((used) => used.row === use.row || used.uuid === uuid);
    checkUse(use, uuid, found);
    if (found.length === 0) this.#used.set(use.source, [...all, { row: use.row, sha256: use.sha256, uuid }]);
  }

  #check(): void {
    if (this.#closed) throw new StationError("audit.closed", "the audit store is closed");
    if (this.#failure !== undefined) throw this.#failure;
  }

  #keep(event: RunEvent): void {
    this.#runs.get(event.runId)?.events.push(event);
    this.events.push(event);
    this.#link(canonicalJson(event));
  }

  #link(body: string): void {
    this.#position += 1;
    this.#hash = sha256(`${this.#hash}\n${body}\n`);
  }
}
