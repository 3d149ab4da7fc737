import { cellsOf } from "../audit/run-columns.ts";
import type { RunRecord } from "../contract/history.ts";
import type { LineEvent } from "../contract/line-message.ts";
import type { StationEvent } from "../contract/station-event.ts";
import { StationError } from "../core/error.ts";
import * as rows from "./central-rows.ts";
import { SETTLING_SCHEMA } from "./central-schema.ts";
import { verdictOf, type ChainState } from "./chain-state.ts";
import type { Finding, SettledFinding } from "./finding.ts";
import { listHoles, valueHoles, type Sql, type SqlRow, type SqlValue } from "./sql.ts";

/** An event with its sequence number in the stream. */
export type CollectedEvent = LineEvent & { readonly streamSeq: number };

/** A run with the name of its station. */
export type CollectedRun = { readonly record: RunRecord; readonly stationName: string };

export type BatchStarted = Extract<StationEvent, { type: "batch.started" }>;
export type BatchFinished = Extract<StationEvent, { type: "batch.finished" }>;

/** What one commit writes: all of it or nothing. */
export type Changes = {
  /** Sequence number of the newest message of the stream that is dealt with, and which stream it is. */
  readonly cursor: number;
  readonly stream: string;
  /** How often people had settled findings when those of the database were read. */
  readonly settlements: number;
  readonly events: readonly CollectedEvent[];
  readonly runs: readonly CollectedRun[];
  readonly batches: readonly { readonly station: string; readonly event: BatchStarted }[];
  readonly batchEnds: readonly { readonly station: string; readonly event: BatchFinished }[];
  /** Starts of batches that came after their runs: those get their batch now. */
  readonly lateBatches: readonly {
    readonly station: string;
    readonly position: number;
    readonly event: BatchStarted;
  }[];
  /** New and changed findings. */
  readonly findings: readonly Finding[];
  /** Changed stations with all their open findings. */
  readonly stations: readonly { readonly state: ChainState; readonly open: readonly Finding[] }[];
};

/** A run whose batch's start did not come. */
export const UNKNOWN_BATCH = "00000000-0000-0000-0000-000000000000";

/** Rows of one statement: PostgreSQL takes 65,535 values, SQLite 32,766. */
const CHUNK = 500;
/** Open findings of one station that are held. Those beyond stay open until a person settles them. */
export const MOST_OPEN = 200;

/** What the collector reads and writes of the central database. Its caller is the only collector; people may settle findings meanwhile. */
export class CentralStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Identity of the database, the stream that it was filled from, and how far. */
  async place(): Promise<{ readonly id: string; readonly stream: string | null; readonly cursor: number }> {
    const [row = []] = await this.#sql.all("SELECT id, stream, cursor FROM central WHERE one = 1");
    const [id, stream, cursor] = row;
    return { id: String(id), stream: typeof stream === "string" ? stream : null, cursor: Number(cursor) };
  }

  async schema(): Promise<number> {
    const [row] = await this.#sql.all("SELECT schema FROM central WHERE one = 1");
    return Number(row?.[0] ?? 0);
  }

  /** How often people have settled findings. */
  async settlements(): Promise<number> {
    const [row] = await this.#sql.all("SELECT settlements FROM central WHERE one = 1");
    return Number(row?.[0] ?? 0);
  }

  async stations(): Promise<readonly ChainState[]> {
    const found = await this.#sql.all(`SELECT ${rows.STATE_COLUMNS.join(", ")} FROM station ORDER BY id`);
    return found.map((row) => rows.stateOf(row));
  }

  /** The findings of a station that are not settled, by position. */
  async openFindings(station: string): Promise<readonly Finding[]> {
    const found = await this.#sql.all(
      `SELECT ${rows.FINDING_COLUMNS.join(", ")} FROM finding WHERE station = ? AND settled_at IS NULL
       ORDER BY position LIMIT ${MOST_OPEN}`,
      [station],
    );
    return found.map((row) => rows.findingOf(row));
  }

  /** The findings of a station that people have settled and that are about these positions, by position. */
  async settledBetween(station: string, first: number, last: number): Promise<readonly SettledFinding[]> {
    // Nobody has settled anything in a database of an older version, which a reader may come upon.
    if ((await this.schema()) < SETTLING_SCHEMA) return [];
    const columns = [...rows.FINDING_COLUMNS, ...rows.SETTLEMENT_COLUMNS].join(", ");
    const found = await this.#sql.all(
      `SELECT ${columns} FROM finding WHERE station = ? AND settled_by IS NOT NULL AND position <= ? AND last_position >= ?
       ORDER BY position, settled_at LIMIT ${MOST_OPEN}`,
      [station, last, first],
    );
    return found.map((row) => rows.settledFindingOf(row));
  }

  async hashAt(station: string, position: number): Promise<string | undefined> {
    const [row] = await this.#sql.all("SELECT hash FROM event WHERE station = ? AND position = ?", [station, position]);
    return row === undefined ? undefined : String(row[0]);
  }

  /** Rows that came before their turn, from a position on. */
  async eventsFrom(station: string, position: number, limit: number): Promise<readonly CollectedEvent[]> {
    const found = await this.#sql.all(
      `SELECT ${rows.EVENT_COLUMNS.join(", ")} FROM event WHERE station = ? AND position >= ? ORDER BY position LIMIT ?`,
      [station, position, limit],
    );
    return found.map(eventOf);
  }

  /** The events of a run that its row follows from, in order. */
  async tellingEvents(station: string, run: string): Promise<readonly CollectedEvent[]> {
    const found = await this.#sql.all(
      `SELECT ${rows.EVENT_COLUMNS.join(", ")} FROM event WHERE station = ? AND run = ?
       AND type IN ('run.started', 'unit.identified', 'run.finished') ORDER BY seq`,
      [station, run],
    );
    return found.map(eventOf);
  }

  /** Where an event of a run stands. */
  async positionOf(station: string, run: string, seq: number): Promise<number | undefined> {
    const [row] = await this.#sql.all("SELECT position FROM event WHERE station = ? AND run = ? AND seq = ?", [
      ...[station, run, seq],
    ]);
    return row === undefined ? undefined : Number(row[0]);
  }

  /** The newest start of a batch before a position. */
  async batchBefore(station: string, position: number): Promise<CollectedEvent | undefined> {
    const found = await this.#sql.all(
      `SELECT ${rows.EVENT_COLUMNS.join(", ")} FROM event WHERE station = ? AND position < ? AND type = 'batch.started'
       ORDER BY position DESC LIMIT 1`,
      [station, position],
    );
    return found.map(eventOf)[0];
  }

  /** What is known of runs: the record and the highest number of its events. */
  async runs(
    station: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly record: RunRecord | undefined; readonly lastSeq: number }>> {
    const known = new Map<string, { readonly record: RunRecord | undefined; readonly lastSeq: number }>();
    for (const some of chunksOf(ids, CHUNK)) {
      const holes = listHoles(some.length);
      const records = await this.#sql.all(
        `SELECT ${rows.CENTRAL_RUN_COLUMNS.join(", ")} FROM run WHERE station = ? AND id IN (${holes})`,
        [station, ...some],
      );
      const byId = new Map(records.map((row) => [String(row[0]), rows.runOf(row)] as const));
      const last = await this.#sql.all(
        `SELECT run, max(seq) FROM event WHERE station = ? AND run IN (${holes}) GROUP BY run`,
        [station, ...some],
      );
      for (const [run, seq] of last) {
        const id = String(run);
        known.set(id, { record: byId.get(id), lastSeq: Number(seq) });
      }
    }
    return known;
  }

  /** Writes the changes in one transaction. @throws StationError collect.changed when a person has settled a finding meanwhile */
  async commit(changes: Changes): Promise<void> {
    const { cursor, stream, settlements } = changes;
    await this.#sql.transaction(async () => {
      const [unchanged] = await this.#sql.all(
        "UPDATE central SET cursor = ?, stream = ? WHERE one = 1 AND settlements = ? RETURNING one",
        [cursor, stream, settlements],
      );
      if (unchanged === undefined) throw new StationError("collect.changed", "a finding was settled meanwhile");
      await this.#insert("event", rows.EVENT_COLUMNS, changes.events.map(eventCells));
      await this.#insert(
        "batch",
        rows.BATCH_COLUMNS,
        changes.batches.map(({ station, event }) => batchCells(station, event)),
        "ON CONFLICT (id) DO NOTHING",
      );
      await this.#insert(
        "run",
        rows.CENTRAL_RUN_COLUMNS,
        changes.runs.map(({ record, stationName }) => [...cellsOf(record), stationName]),
        upsert("id", rows.CENTRAL_RUN_COLUMNS, "WHERE run.station = excluded.station"),
      );
      for (const { station, event } of changes.batchEnds) await this.#endBatch(station, event);
      for (const late of changes.lateBatches) await this.#giveBatch(late.station, late.position, late.event);
      await this.judge(changes);
    });
  }

  /** Writes findings, and stations with their verdicts. Who settled a finding, and why, stays. */
  async judge({ findings, stations }: Pick<Changes, "findings" | "stations">): Promise<void> {
    const cells = findings.map((finding) => rows.findingCells(finding));
    await this.#insert("finding", rows.FINDING_COLUMNS, cells, upsert("id", rows.FINDING_COLUMNS));
    const columns = [...rows.STATE_COLUMNS, ...rows.VERDICT_COLUMNS];
    await this.#insert("station", columns, stations.map(stationCells), upsert("id", columns));
  }

  async #insert(
    table: string,
    columns: readonly string[],
    cells: readonly (readonly SqlValue[])[],
    conflict = "",
  ): Promise<void> {
    for (const some of chunksOf(cells, CHUNK))
      await this.#sql.all(
        `INSERT INTO ${table} (${columns.join(", ")}) VALUES ${valueHoles(some.length, columns.length)} ${conflict}`,
        some.flat(),
      );
  }

  async #endBatch(station: string, { batch, at, pass, fail, error, aborted }: BatchFinished): Promise<void> {
    await this.#sql.all(
      "UPDATE batch SET finished_at = ?, pass = ?, fail = ?, error = ?, aborted = ? WHERE id = ? AND station = ?",
      [at, pass, fail, error, aborted, batch, station],
    );
  }

  async #giveBatch(station: string, position: number, { batch, slots }: BatchStarted): Promise<void> {
    await this.#sql.all(
      `UPDATE run SET batch = ? WHERE station = ? AND batch = ? AND id IN (SELECT run FROM event
       WHERE station = ? AND type = 'run.started' AND position > ? AND position <= ?)`,
      [batch, station, UNKNOWN_BATCH, station, position, position + slots.length],
    );
  }
}

function upsert(key: string, columns: readonly string[], condition = ""): string {
  const sets = columns.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`);
  return `ON CONFLICT (${key}) DO UPDATE SET ${sets.join(", ")} ${condition}`;
}

function eventCells(event: CollectedEvent): SqlValue[] {
  const { station, position, run, seq, type, at, body, previous, hash, streamSeq } = event;
  return [station, position, run, seq, type, at, body, previous, hash, streamSeq];
}

function eventOf(row: SqlRow): CollectedEvent {
  const [station, position, run, seq, type, at, body, previous, hash, streamSeq] = row;
  return {
    ...{ schema: 1, station: String(station), position: Number(position) },
    // Checked when it came.
    run: run as LineEvent["run"],
    seq: seq === null ? null : Number(seq),
    ...{ type: String(type), at: String(at), body: String(body), previous: String(previous), hash: String(hash) },
    streamSeq: Number(streamSeq),
  };
}

function batchCells(station: string, event: BatchStarted): SqlValue[] {
  const { batch, fixture, recipe, recipeSha256, operator, training, at } = event;
  return [batch, fixture, recipe, recipeSha256, operator ?? null, Number(training), station, at];
}

function stationCells({ state, open }: Changes["stations"][number]): SqlValue[] {
  const verdict = verdictOf(open);
  const place = verdict.kind === "good" ? [null, null] : [verdict.position, verdict.what];
  return [...rows.stateCells(state), verdict.kind, ...place];
}

function* chunksOf<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let index = 0; index < all.length; index += size) yield all.slice(index, index + size);
}
