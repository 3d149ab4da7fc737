import type { Database } from "better-sqlite3";
import { RunEventSchema, type RunEvent } from "../contract/run-event.ts";
import type { RunRecord } from "../contract/history.ts";
import type { Instant } from "../core/clock.ts";
import { reportOf, StationError } from "../core/error.ts";
import type { BatchId } from "../core/ids.ts";
import { isoTime, parseIsoTime } from "../core/iso-time.ts";
import type { RecoveredRun } from "./audit-store.ts";
import type { BatchLedger } from "./batch-ledger.ts";
import { interruption } from "./interruption.ts";
import type { Ledger } from "./ledger.ts";
import { recordOf, RUN_COLUMN_LIST } from "./run-columns.ts";

/**
 * Closes what a power cut or a killed station left open, in one transaction: each open run becomes ABORTED with the
 * command that was announced last, each open batch gets its end. The modems of such runs may be in any state.
 * @returns the runs that were closed, oldest first
 */
export function recoverRuns(db: Database, ledger: Ledger, batches: BatchLedger, now: Instant): readonly RecoveredRun[] {
  const open = db.prepare<[], unknown[]>(`SELECT ${RUN_COLUMN_LIST} FROM run WHERE outcome IS NULL ORDER BY id`).raw();
  const openBatches = db.prepare<[], BatchId>("SELECT id FROM batch WHERE finished_at IS NULL ORDER BY id").pluck();
  const at = isoTime(now);
  return db
    .transaction(() => {
      const recovered = open.all().map((cells) => recoverRun(db, ledger, recordOf(cells), at));
      for (const batch of openBatches.all()) batches.finish(batch, at, 0);
      return recovered;
    })
    .immediate();
}

function recoverRun(db: Database, ledger: Ledger, run: RunRecord, at: string): RecoveredRun {
  const { last, ...open } = traceOf(db, run);
  ledger.note({ type: "run.recovered", at, run: run.id, slot: run.slot, ...open });
  ledger.append({
    type: "run.finished",
    runId: run.id,
    slot: run.slot,
    seq: last.seq + 1,
    at,
    outcome: "ABORTED",
    release: last.type === "run.started" ? "untouched" : "unreachable",
    elapsedMs: Math.max(0, (parseIsoTime(last.at) ?? 0) - (parseIsoTime(run.startedAt) ?? 0)),
    error: reportOf(interruption(open)),
  });
  return {
    runId: run.id,
    slot: run.slot,
    batch: run.batch,
    ...(run.uuid === null ? {} : { uuid: run.uuid }),
    ...(run.boardSerial === null ? {} : { boardSerial: run.boardSerial }),
    ...open,
  };
}

type Trace = Pick<RecoveredRun, "lastCommand" | "ownerAct"> & { readonly last: RunEvent };

/** The last event of a run, and what was announced and not concluded. */
function traceOf(db: Database, run: RunRecord): Trace {
  const newest = db.prepare<[string], string>("SELECT body FROM event WHERE run = ? ORDER BY seq DESC LIMIT 1").pluck();
  const last = readEvent(newest.get(run.id), run);
  const command = lastOf(db, run, ["command.announced", "command.concluded"]);
  const act = lastOf(db, run, ["claim.announced", "claim.concluded", "queue.announced", "queue.concluded"]);
  return {
    last,
    ...(command?.type === "command.announced" ? { lastCommand: command.command.text } : {}),
    ...(act?.type === "claim.announced" || act?.type === "queue.announced" ? { ownerAct: act.act } : {}),
  };
}

function lastOf(db: Database, run: RunRecord, types: readonly RunEvent["type"][]): RunEvent | undefined {
  const holes = types.map(() => "?").join(", ");
  const body = db
    .prepare<string[], string>(`SELECT body FROM event WHERE run = ? AND type IN (${holes}) ORDER BY seq DESC LIMIT 1`)
    .pluck()
    .get(run.id, ...types);
  return body === undefined ? undefined : readEvent(body, run);
}

/**
 * An event as it is stored.
 * @throws StationError audit.corrupt when the text is none
 */
export function readEvent(body: string | undefined, run: Pick<RunRecord, "id">): RunEvent {
  const parsed = RunEventSchema.safeParse(jsonOf(body ?? ""));
  if (parsed.success) return parsed.data;
  throw new StationError("audit.corrupt", "an event of the run cannot be read", { run: run.id });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
