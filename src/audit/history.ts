import type { Database } from "better-sqlite3";
import type { RunCounts, RunPage, RunQuery, RunRecord } from "../contract/history.ts";
import type { RunEvent } from "../contract/run-event.ts";
import type { RunFilter } from "../contract/station-request.ts";
import type { RunId } from "../core/ids.ts";
import { openForReading, type Reading } from "./database-file.ts";
import { readEvent } from "./recovery.ts";
import { recordOf, RUN_COLUMN_LIST } from "./run-columns.ts";
import { whereOf } from "./run-where.ts";
import { auditError } from "./sqlite-error.ts";

/** A run with all its events. */
export type RunHistory = { readonly run: RunRecord; readonly events: readonly RunEvent[] };

/** A public thing that a unit made: a signing request, a public key. */
export type Artefact = Extract<RunEvent, { readonly type: "artefact.made" }>;

/** Reads the record beside the station that writes it; every method throws StationError audit.*. */
export class History {
  readonly #reading: Reading;
  readonly #db: Database;

  /** @throws StationError audit.missing, audit.corrupt, audit.foreign, audit.newer */
  constructor(file: string) {
    this.#reading = openForReading(file);
    this.#db = this.#reading.db;
  }

  /** A page of runs, newest first. */
  runs({ filter, after, skip, limit }: RunQuery): RunPage {
    const { sql, values } = pageQuery(filter, after, skip);
    const rows = this.#all(sql, [...values, limit + 1]);
    const runs = rows.slice(0, limit).map((cells) => recordOf(cells));
    const last = runs.at(-1);
    if (rows.length <= limit || last === undefined) return { runs };
    return { runs, next: { startedAt: last.startedAt, id: last.id } };
  }

  /** One run with its events in order, or undefined when there is none of that id. */
  run(id: RunId): RunHistory | undefined {
    const [cells] = this.#all(`SELECT ${RUN_COLUMN_LIST} FROM run WHERE id = ?`, [id]);
    if (cells === undefined) return undefined;
    const run = recordOf(cells);
    const bodies = this.#all("SELECT body FROM event WHERE run = ? ORDER BY seq", [id]);
    return { run, events: bodies.map(([body]) => readEvent(String(body), run)) };
  }

  /** The public things that a run's unit made, in order. */
  artefacts(id: RunId): readonly Artefact[] {
    const bodies = this.#all("SELECT body FROM event WHERE run = ? AND type = 'artefact.made' ORDER BY seq", [id]);
    return bodies.flatMap(([body]) => {
      const event = readEvent(String(body), { id });
      return event.type === "artefact.made" ? [event] : [];
    });
  }

  /** SHA-256 of every content that runs were recorded with under a recipe's name. */
  recipeContents(name: string): readonly string[] {
    return this.#all("SELECT sha256 FROM recipe WHERE name = ? ORDER BY recorded_at LIMIT 1000", [name]).map(
      ([sha256]) => String(sha256),
    );
  }

  /** How the runs of a filter ended. */
  counts(filter: RunFilter): RunCounts {
    const { sql, values } = whereOf(filter);
    const [units = []] = this.#all(countUnitsQuery(sql), values);
    return countsOf(this.#all(endingsQuery(sql), values), units);
  }

  close(): void {
    this.#reading.close();
  }

  #all(sql: string, values: readonly (string | number)[]): unknown[][] {
    try {
      return this.#db
        .prepare<unknown[], unknown[]>(sql)
        .raw()
        .all(...values);
    } catch (error) {
      throw auditError(error, "the audit database cannot be read", { file: this.#db.name });
    }
  }
}

/** The counts of the rows of {@link endingsQuery} and of the row of {@link countUnitsQuery}. */
export function countsOf(endings: readonly (readonly unknown[])[], units: readonly unknown[]): RunCounts {
  const ended = new Map(endings.map(([outcome, count]) => [String(outcome), Number(count)] as const));
  const of = (outcome: string): number => ended.get(outcome) ?? 0;
  const [unitCount, unitsPassed, unitsPassedFirst] = units.map(Number);
  return {
    runs: [...ended.values()].reduce((sum, count) => sum + count, 0),
    ...{ pass: of("PASS"), fail: of("FAIL"), error: of("ERROR"), aborted: of("ABORTED"), running: of("null") },
    ...{ units: unitCount ?? 0, unitsPassed: unitsPassed ?? 0, unitsPassedFirst: unitsPassedFirst ?? 0 },
  };
}

/** The query of a page, ending with a hole for the number of rows; its plan is a spec. */
export function pageQuery(
  filter: RunFilter,
  after: RunQuery["after"],
  skip = 0,
): { readonly sql: string; readonly values: string[] } {
  const where = whereOf(filter);
  const beyond = after === undefined ? "" : " AND (started_at, id) < (?, ?)";
  const sql = `SELECT ${RUN_COLUMN_LIST} FROM run WHERE ${where.sql}${beyond} ORDER BY started_at DESC, id DESC LIMIT ? OFFSET ${skip}`;
  return { sql, values: [...where.values, ...(after === undefined ? [] : [after.startedAt, after.id])] };
}

/** How the runs of a condition ended, `null` where they have not. */
export function endingsQuery(where: string): string {
  return `SELECT outcome, count(*) FROM run WHERE ${where} GROUP BY outcome`;
}

/** Units, units that ever passed, units whose earliest run passed: start (24 characters), id (36) and outcome in one text. */
export function countUnitsQuery(where: string): string {
  return `SELECT count(*), coalesce(sum(passed), 0), coalesce(sum(CASE WHEN substr(first, 61) = 'PASS' THEN 1 ELSE 0 END), 0) FROM (
    SELECT max(CASE WHEN outcome = 'PASS' THEN 1 ELSE 0 END) AS passed, min(started_at || id || coalesce(outcome, '')) AS first
    FROM run WHERE uuid IS NOT NULL AND purpose = 'provision' AND ${where} GROUP BY uuid) AS unit`;
}
