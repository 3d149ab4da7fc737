import Database from "better-sqlite3";
import { migrate } from "../../src/audit/migrate.ts";
import { cellsOf, RUN_COLUMNS } from "../../src/audit/run-columns.ts";
import type { RunRecord } from "../../src/contract/history.ts";
import type { Report, ReportFilter } from "../../src/contract/report.ts";
import type { BatchId, SlotId } from "../../src/core/ids.ts";
import { runId, uuidOf } from "./samples.ts";

const SHA = "a".repeat(64);
const STATION = "01900000-0000-7000-8000-000000000009";

/** A run for a report: whatever is not told is of a unit that passed in slot 1 within four seconds. */
export type SampleRun = Partial<RunRecord> & {
  readonly startedAt: string;
  readonly fixture?: string;
  readonly unit?: number | null;
};

/** The records of sample runs, numbered as they come. */
export function recordsOf(runs: readonly SampleRun[]): readonly RunRecord[] {
  return runs.map(({ fixture = "Bench A", unit, ...run }, index) => {
    const outcome = run.outcome === undefined ? "PASS" : run.outcome;
    const failed = outcome === "FAIL" || outcome === "ERROR";
    return {
      ...{ id: runId(index + 1), batch: batchOf(fixture), slot: "1" as SlotId },
      ...{ uuid: unit === null ? null : uuidOf(unit ?? index + 1), imei: null, boardSerial: null },
      ...{
        code: failed ? "at.silent" : null,
        recipe: "Tracker 3",
        recipeSha256: SHA,
        operator: null,
        station: STATION,
      },
      ...{ link: "tcp://127.0.0.1:1", model: null, firmware: null, hardware: null, iccid: null, release: null },
      ...{ finishedAt: outcome === null ? null : run.startedAt, elapsedMs: outcome === null ? null : 4000 },
      ...{ again: false, training: false, purpose: "provision", ...run, outcome },
    };
  });
}

function batchOf(fixture: string): BatchId {
  const digits = Array.from(fixture).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0xffffffff, 7);
  return `01900000-0000-7000-8000-${digits.toString(16).padStart(12, "0")}` as BatchId;
}

/** A database with these runs, made without the store: reports read tables `run` and `batch` alone. */
export function databaseOf(file: string, runs: readonly SampleRun[]): readonly RunRecord[] {
  const records = recordsOf(runs);
  const db = new Database(file);
  try {
    migrate(db);
    db.transaction(() => {
      db.prepare("INSERT INTO station VALUES (?, '2026-01-01T00:00:00.000Z', '{}')").run(STATION);
      db.prepare("INSERT INTO recipe VALUES (?, 'Tracker 3', '{}', '2026-01-01T00:00:00.000Z')").run(SHA);
      const batch = db.prepare(
        "INSERT INTO batch VALUES (?, ?, 'Tracker 3', ?, NULL, 0, ?, '2026-01-01T00:00:00.000Z', NULL, NULL, NULL, NULL, NULL)",
      );
      for (const fixture of new Set(runs.map((run) => run.fixture ?? "Bench A")))
        batch.run(batchOf(fixture), fixture, SHA, STATION);
      const run = db.prepare(`INSERT INTO run VALUES (${RUN_COLUMNS.map(() => "?").join(", ")})`);
      for (const record of records) run.run(...cellsOf(record));
    })();
  } finally {
    db.close();
  }
  return records;
}

/** Whether a filter lets a record through, by plain comparing. */
export function fits(record: RunRecord, fixture: string | undefined, filter: Partial<ReportFilter>): boolean {
  return (
    (filter.mode === "both" || record.training === (filter.mode === "training")) &&
    (filter.operator === undefined || record.operator === filter.operator) &&
    (filter.slot === undefined || record.slot === filter.slot) &&
    (filter.fixture === undefined || fixture === filter.fixture) &&
    (filter.from === undefined || record.startedAt >= filter.from)
  );
}

/** The same figures by plain counting. */
export function recount(records: readonly RunRecord[]): Pick<Report, "runs" | "units"> {
  const ended = (outcome: string | null): number => records.filter((each) => each.outcome === outcome).length;
  const inOrder = records.toSorted((one, other) =>
    `${one.startedAt}${one.id}` < `${other.startedAt}${other.id}` ? -1 : 1,
  );
  const judged = inOrder.filter(({ outcome }) => outcome !== null && outcome !== "ABORTED");
  const units = [...new Set(judged.flatMap(({ uuid }) => uuid ?? []))];
  const ofUnit = (uuid: string): readonly RunRecord[] => judged.filter((each) => each.uuid === uuid);
  return {
    runs: {
      ...{ runs: records.length, pass: ended("PASS"), fail: ended("FAIL"), error: ended("ERROR") },
      ...{ aborted: ended("ABORTED"), running: ended(null) },
    },
    units: {
      units: units.length,
      passedFirst: units.filter((uuid) => ofUnit(uuid)[0]?.outcome === "PASS").length,
      passed: units.filter((uuid) => ofUnit(uuid).some(({ outcome }) => outcome === "PASS")).length,
      unidentified: judged.filter(({ uuid }) => uuid === null).length,
    },
  };
}
