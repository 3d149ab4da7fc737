import type { Database } from "better-sqlite3";
import type { Outcome } from "../contract/common.ts";
import type { BatchSummary } from "../contract/station-request.ts";
import { StationError } from "../core/error.ts";
import type { BatchId } from "../core/ids.ts";
import { checkBatchStart } from "./admission.ts";
import type { BatchStart } from "./audit-store.ts";
import { summarise } from "./batch-summary.ts";
import { canonicalJson } from "./canonical-json.ts";
import { sha256Hex } from "./chain.ts";
import type { Ledger } from "./ledger.ts";
import type { Cell } from "./run-columns.ts";
import { refuseSecrets } from "./secret-guard.ts";

/** Writes rows of `recipe` and `batch`; every method runs inside a transaction of its caller. */
export class BatchLedger {
  readonly #ledger: Ledger;
  readonly #station: string;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database, ledger: Ledger, station: string) {
    this.#ledger = ledger;
    this.#station = station;
    this.#statements = prepare(db);
  }

  /**
   * Writes batch, recipe, runs and their first events; a repeat of the same batch changes nothing.
   * @throws StationError audit.conflict, audit.gap, audit.recipe, audit.secret
   */
  start(start: BatchStart): void {
    const known = this.#statements.batch.get(start.batch) !== undefined;
    if (known && this.#repeats(start)) return;
    if (known) throw new StationError("audit.conflict", "another batch has this id", { batch: start.batch });
    checkBatchStart(start, sha256Hex);
    refuseSecrets(start.recipeText, { batch: start.batch, recipe: start.recipe });
    const { batch, at, fixture, recipe, recipeSha256, operator, training, runs } = start;
    this.#statements.insertRecipe.run(recipeSha256, recipe, start.recipeText, at, recipeSha256);
    this.#statements.insertBatch.run(
      ...[batch, fixture, recipe, recipeSha256, operator ?? null, Number(training), this.#station, at],
    );
    const by = operator === undefined ? {} : { operator };
    const slots = runs.map((run) => run.slot);
    this.#ledger.note({ type: "batch.started", at, batch, fixture, recipe, recipeSha256, ...by, training, slots });
    for (const run of runs) this.#ledger.startRun(run, batch);
  }

  /**
   * Writes the end of a batch; a repeat changes nothing and answers the same.
   * @throws StationError audit.unknown, audit.open-runs
   */
  finish(batch: BatchId, at: string, seconds: number): BatchSummary {
    const row = this.#statements.batch.get(batch);
    if (row === undefined) throw new StationError("audit.unknown", "there is no such batch", { batch });
    const summary = summarise(batch, this.#statements.outcomes.all(batch), seconds);
    if (row.finishedAt !== null) return summary;
    const { pass, fail, error, aborted } = summary;
    this.#ledger.note({ type: "batch.finished", at, batch, pass, fail, error, aborted });
    this.#statements.finishBatch.run(at, pass, fail, error, aborted, batch);
    return summary;
  }

  /** Whether the batch that is stored is the one that is told. */
  #repeats({ batch, at, fixture, recipe, recipeSha256, operator, training, runs }: BatchStart): boolean {
    const row = this.#statements.batch.get(batch);
    const told = { at, fixture, recipe, recipeSha256, operator: operator ?? null, training: Number(training) };
    if (row === undefined || canonicalJson({ ...row, finishedAt: undefined }) !== canonicalJson(told)) return false;
    const bodies = this.#statements.firstEvents.all(batch);
    return canonicalJson(bodies) === canonicalJson(runs.map((run) => canonicalJson(run)));
  }
}

type BatchRow = {
  readonly at: string;
  readonly fixture: string;
  readonly recipe: string;
  readonly recipeSha256: string;
  readonly operator: string | null;
  readonly training: number;
  readonly finishedAt: string | null;
};

function prepare(db: Database) {
  return {
    batch: db.prepare<[string], BatchRow>(
      `SELECT started_at AS at, fixture, recipe, recipe_sha256 AS recipeSha256, operator, training,
       finished_at AS finishedAt FROM batch WHERE id = ?`,
    ),
    insertRecipe: db.prepare<Cell[]>(
      `INSERT INTO recipe (sha256, name, text, recorded_at) SELECT ?, ?, ?, ?
       WHERE NOT EXISTS (SELECT 1 FROM recipe WHERE sha256 = ?)`,
    ),
    insertBatch: db.prepare<Cell[]>(
      `INSERT INTO batch (id, fixture, recipe, recipe_sha256, operator, training, station, started_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    finishBatch: db.prepare<Cell[]>(
      "UPDATE batch SET finished_at = ?, pass = ?, fail = ?, error = ?, aborted = ? WHERE id = ?",
    ),
    outcomes: db.prepare<[string], Outcome | null>("SELECT outcome FROM run WHERE batch = ?").pluck(),
    firstEvents: db
      .prepare<[string], string>(
        `SELECT event.body FROM run JOIN event ON event.run = run.id AND event.seq = 0
         WHERE run.batch = ? ORDER BY event.position`,
      )
      .pluck(),
  };
}
