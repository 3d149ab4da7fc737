import type { Outcome } from "../contract/common.ts";
import type { Misfit, RunRecord } from "../contract/history.ts";
import type { RunEvent } from "../contract/run-event.ts";
import type { StationEvent } from "../contract/station-event.ts";
import type { BatchId } from "../core/ids.ts";
import type { CertificateWalk } from "./certificate-walk.ts";
import { eventMisfit } from "./chain-walk.ts";
import { cellsOf, RUN_COLUMNS, type Cell } from "./run-columns.ts";
import { nextRecord, startedRecord } from "./run-record.ts";

/** What the walk reads of the other tables. */
export type RecordRows = {
  /** The next row of table `run` in the order of writing, its cells as in RUN_COLUMNS; undefined after the last. */
  readonly nextRun: () => readonly Cell[] | undefined;
  readonly hasRun: (id: string) => boolean;
  /** Cells of a row of table `batch` in the order of {@link BATCH_COLUMNS}. */
  readonly batch: (id: string) => readonly Cell[] | undefined;
  readonly certificates: CertificateWalk;
  /** Name and time of a row of table `recipe`. */
  readonly recipe: (sha256: string) => readonly Cell[] | undefined;
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
  readonly #recipes = new Set<string>();
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

  /**
   * An event that rows of other tables repeat in part. Only what they repeat is read: events of older and newer stations
   * may have more or fewer fields.
   */
  telling(position: number, run: string | null, seq: number | null, body: string): Misfit | undefined {
    try {
      const content = JSON.parse(body) as RunEvent | StationEvent;
      return "runId" in content ? this.#ofRun(position, run, seq, content) : this.#ofStation(position, content);
    } catch (error) {
      if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
      return eventMisfit(position, "its content cannot be read");
    }
  }

  #ofRun(position: number, run: string | null, seq: number | null, event: RunEvent): Misfit | undefined {
    if (event.runId !== run || event.seq !== seq) return eventMisfit(position, "its content is another event's");
    if (event.type === "run.started") return this.#start(position, event);
    const misfit = this.count(position, run, seq);
    const open = this.#open.get(run);
    if (misfit !== undefined || open === undefined) return misfit;
    open.record = nextRecord(open.record, event);
    return event.type === "run.finished" ? this.#finish(open, event) : undefined;
  }

  #ofStation(position: number, event: StationEvent): Misfit | undefined {
    if (event.type === "batch.started") return this.#startBatch(event);
    if (event.type === "batch.finished") return this.#finishBatch(position, event);
    if (event.type === "certificate.allotted" || event.type === "certificate.recorded")
      return this.#rows.certificates.take(event);
    return undefined;
  }

  /** Whether a batch used the recipe of this digest. */
  knows(recipeSha256: string): boolean {
    return this.#recipes.has(recipeSha256);
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
    const certificate = this.#rows.certificates.end();
    if (certificate !== undefined) return certificate;
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
    if (this.#rows.batch(event.batch) === undefined)
      return { table: "batch", row: event.batch, what: "the row is missing" };
    return this.#recipe(event);
  }

  /** The row of a recipe tells of the first batch that used it. */
  #recipe({ recipeSha256, recipe, at }: BatchStarted): Misfit | undefined {
    if (this.#recipes.has(recipeSha256)) return undefined;
    this.#recipes.add(recipeSha256);
    const wrong = (what: string): Misfit => ({ table: "recipe", row: recipeSha256, what });
    const row = this.#rows.recipe(recipeSha256);
    if (row === undefined) return wrong("the row is missing");
    return row[0] === recipe && row[1] === at ? undefined : wrong("its name or time is not what its first batch tells");
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
