import type { Outcome } from "../contract/common.ts";
import type { Misfit, RunRecord } from "../contract/history.ts";
import { RunEventSchema, type RunEvent } from "../contract/run-event.ts";
import { StationEventSchema, type StationEvent } from "../contract/station-event.ts";
import type { BatchId } from "../core/ids.ts";
import { eventMisfit } from "./chain-walk.ts";
import { cellsOf, RUN_COLUMNS, type Cell } from "./run-columns.ts";
import { nextRecord, startedRecord } from "./run-record.ts";

/** What the walk reads of the other tables. */
export type RecordRows = {
  /** The next row of table `run` in the order of writing, its cells as in RUN_COLUMNS; undefined after the last. */
  readonly nextRun: () => readonly Cell[] | undefined;
  readonly hasRun: (id: string) => boolean;
  /** Cells of a row of table `batch`: fixture … aborted, as {@link batchCells} makes them. */
  readonly batch: (id: string) => readonly Cell[] | undefined;
};

type Open = { nextSeq: number; record: RunRecord; readonly row: readonly Cell[] };
type BatchStarted = Extract<StationEvent, { type: "batch.started" }>;
type OpenBatch = { readonly started: BatchStarted; readonly outcomes: Map<Outcome, number>; waiting: number };

/** Compares the rows of `run` and `batch` with the events that they follow from; holds only what is in progress. */
export class RecordWalk {
  readonly #rows: RecordRows;
  readonly #station: string;
  readonly #open = new Map<string, Open>();
  readonly #batches = new Map<BatchId, OpenBatch>();
  /** The batch whose runs are starting: their first events follow it at once. */
  #starting: BatchId | undefined;
  runs = 0;
  batches = 0;

  constructor(rows: RecordRows, station: string) {
    this.#rows = rows;
    this.#station = station;
  }

  /** An event of a run whose content no row repeats: only its number is looked at. */
  count(position: number, run: string, seq: number | null): Misfit | undefined {
    const open = this.#open.get(run);
    if (open === undefined) return eventMisfit(position, `it belongs to run ${run}, which is not in progress`);
    if (open.nextSeq !== seq) return eventMisfit(position, `it has number ${seq}, its run's next is ${open.nextSeq}`);
    open.nextSeq += 1;
    return undefined;
  }

  /** An event of a run that its row repeats in part. */
  ofRun(position: number, run: string, seq: number | null, body: unknown): Misfit | undefined {
    const parsed = RunEventSchema.safeParse(body);
    if (!parsed.success || parsed.data.runId !== run || parsed.data.seq !== seq)
      return eventMisfit(position, "its content cannot be read or is another event's");
    const event = parsed.data;
    const misfit = event.type === "run.started" ? this.#start(position, event) : this.count(position, run, seq);
    if (misfit !== undefined || event.type === "run.started") return misfit;
    const open = this.#open.get(run);
    if (open !== undefined) open.record = nextRecord(open.record, event);
    return event.type === "run.finished" && open !== undefined ? this.#finish(open, event) : undefined;
  }

  /** The start or end of a batch. */
  ofStation(position: number, body: unknown): Misfit | undefined {
    const parsed = StationEventSchema.safeParse(body);
    if (!parsed.success) return eventMisfit(position, "its content cannot be read");
    const event = parsed.data;
    if (event.type === "batch.started") return this.#startBatch(event);
    if (event.type === "batch.finished") return this.#finishBatch(position, event);
    return undefined;
  }

  /** What is left after the last event. */
  end(): Misfit | undefined {
    for (const open of this.#open.values()) {
      const misfit = compareRun(open);
      if (misfit !== undefined) return misfit;
    }
    for (const { started } of this.#batches.values()) {
      const misfit = this.#compareBatch(started, undefined);
      if (misfit !== undefined) return misfit;
    }
    const extra = this.#rows.nextRun();
    return extra === undefined
      ? undefined
      : { table: "run", row: String(extra[0]), what: "no event tells of this run" };
  }

  #start(position: number, event: Extract<RunEvent, { type: "run.started" }>): Misfit | undefined {
    const batch = this.#starting === undefined ? undefined : this.#batches.get(this.#starting);
    if (batch === undefined || batch.waiting === 0)
      return eventMisfit(position, `run ${event.runId} starts outside of a batch`);
    batch.waiting -= 1;
    const row = this.#rows.nextRun();
    if (row?.[0] !== event.runId) return this.#unexpected(event.runId, row?.[0]);
    this.runs += 1;
    const record = startedRecord(event, batch.started.batch, this.#station);
    this.#open.set(event.runId, { nextSeq: 1, record, row });
    return undefined;
  }

  #unexpected(expected: string, found: Cell | undefined): Misfit {
    if (!this.#rows.hasRun(expected)) return { table: "run", row: expected, what: "the row is missing" };
    return { table: "run", row: String(found), what: "no event tells of this run at this place" };
  }

  #finish(open: Open, { outcome }: Extract<RunEvent, { type: "run.finished" }>): Misfit | undefined {
    this.#open.delete(open.record.id);
    const outcomes = this.#batches.get(open.record.batch)?.outcomes;
    outcomes?.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    return compareRun(open);
  }

  #startBatch(event: BatchStarted): Misfit | undefined {
    this.batches += 1;
    this.#starting = event.batch;
    this.#batches.set(event.batch, { started: event, outcomes: new Map(), waiting: event.slots.length });
    return this.#rows.batch(event.batch) === undefined
      ? { table: "batch", row: event.batch, what: "the row is missing" }
      : undefined;
  }

  #finishBatch(position: number, event: Extract<StationEvent, { type: "batch.finished" }>): Misfit | undefined {
    const open = this.#batches.get(event.batch);
    if (open === undefined) return eventMisfit(position, `batch ${event.batch} is not in progress`);
    this.#batches.delete(event.batch);
    const { pass, fail, error, aborted } = event;
    const counted = (["PASS", "FAIL", "ERROR", "ABORTED"] as const).map((each) => open.outcomes.get(each) ?? 0);
    if (counted.join() !== [pass, fail, error, aborted].join())
      return eventMisfit(position, `batch ${event.batch} does not count its runs' outcomes`);
    return this.#compareBatch(open.started, event);
  }

  #compareBatch(
    { batch, at, fixture, recipe, recipeSha256, operator, training }: BatchStarted,
    end: Extract<StationEvent, { type: "batch.finished" }> | undefined,
  ): Misfit | undefined {
    const start = [fixture, recipe, recipeSha256, operator ?? null, Number(training), this.#station, at];
    const finish = end && [end.at, end.pass, end.fail, end.error, end.aborted];
    const expected: readonly Cell[] = [...start, ...(finish ?? [null, null, null, null, null])];
    const row = this.#rows.batch(batch);
    const wrong = expected.findIndex((cell, index) => row?.[index] !== cell);
    if (wrong === -1) return undefined;
    return { table: "batch", row: batch, what: `column ${BATCH_COLUMNS[wrong] ?? ""} is not what its events tell` };
  }
}

/** The columns of table `batch` that the walk compares, in their order. */
export const BATCH_COLUMNS = [
  ...["fixture", "recipe", "recipe_sha256", "operator", "training", "station", "started_at"],
  ...["finished_at", "pass", "fail", "error", "aborted"],
];

function compareRun({ record, row }: Open): Misfit | undefined {
  const wrong = cellsOf(record).findIndex((cell, index) => row[index] !== cell);
  if (wrong === -1) return undefined;
  const column = RUN_COLUMNS[wrong]?.[0] ?? "";
  return { table: "run", row: record.id, what: `column ${column} is not what the run's events tell` };
}
