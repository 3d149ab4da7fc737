import { basename } from "node:path";
import type { Database } from "better-sqlite3";
import type { Misfit, Progress, Verdict } from "../contract/history.ts";
import { abortReason } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { SignedHead } from "./audit-store.ts";
import { genesis, HEAD_TYPE, sha256Hex, type StationRow } from "./chain.ts";
import { certificateWalk } from "./certificate-walk.ts";
import { ChainWalk, eventMisfit, EVENT_COLUMN_LIST, isTelling, type EventCells } from "./chain-walk.ts";
import { openForReading } from "./database-file.ts";
import { parseHead, readHeadFile } from "./head-file.ts";
import { findDamagedPages } from "./page-check.ts";
import { BATCH_COLUMNS, RecordWalk } from "./record-walk.ts";
import { RUN_COLUMN_LIST, type Cell } from "./run-columns.ts";
import { auditError } from "./sqlite-error.ts";
import { claims, signatureCheck, type SignatureCheck } from "./station-key.ts";

/** How a long reading is watched and stopped. */
export type Watch = { readonly signal?: AbortSignal; readonly progress?: (progress: Progress) => void };

/** How a verification is done. */
export type VerifyOptions = Watch & {
  /** Thumbprint that the station's key must have: without it a forger could have made a key of their own. */
  readonly key?: string;
  /** Exports only: takes one that no signature covers (made from a copy, without the station's key) for what it is. */
  readonly acceptUnsigned?: boolean;
};

/** Rows that are held at a time, and between two looks at the signal: a few milliseconds of work. */
const CHUNK = 500;

/**
 * Checks a whole audit database, or a copy of one: the chain, every signature, that runs, batches and recipes are what
 * the chain tells, and that no page and no index is damaged. Reads only, in one snapshot, beside a station that writes.
 * @returns that all fits, or the first row that does not
 * @throws StationError audit.missing, audit.foreign, audit.newer, audit.locked; the signal's reason
 */
export async function verifyDatabase(file: string, options: VerifyOptions = {}): Promise<Verdict> {
  // Read before the database: a head that is signed meanwhile must not look like a missing one.
  const kept = await readHeadFile(file);
  try {
    const { db, close } = openForReading(file);
    try {
      db.exec("BEGIN");
      const verification = new Verification(db, options, kept);
      try {
        return await verification.run();
      } finally {
        verification.end();
      }
    } finally {
      close();
    }
  } catch (error) {
    const failure = auditError(error, "the database cannot be read", { file });
    if (failure.code !== "audit.corrupt") throw failure;
    return misfitVerdict({ table: "file", row: basename(file), what: `the file is damaged: ${failure.message}` });
  }
}

function misfitVerdict(misfit: Misfit): Verdict {
  return { ok: false, kind: "database", misfit };
}

type Station = { readonly row: StationRow; readonly check: SignatureCheck };

class Verification {
  readonly #db: Database;
  readonly #options: VerifyOptions;
  readonly #kept: SignedHead | "absent" | "damaged";
  #heads = 0;
  #signedUpTo = 0;
  #lastBatchEnd = 0;
  #runs: IterableIterator<Cell[]> | undefined;

  constructor(db: Database, options: VerifyOptions, kept: SignedHead | "absent" | "damaged") {
    this.#db = db;
    this.#options = options;
    this.#kept = kept;
  }

  async run(): Promise<Verdict> {
    const station = await this.#station();
    if ("misfit" in station) return misfitVerdict(station.misfit);
    const recipe = this.#recipes();
    if (recipe !== undefined) return misfitVerdict(recipe);
    const chain = new ChainWalk(genesis(station.row));
    const records = this.#records(station.row.id);
    const misfit = (await this.#walk(station, chain, records)) ?? records.end() ?? this.#extras(records);
    const cut = misfit ?? (await this.#headFile(station)) ?? (await findDamagedPages(this.#db, this.#options.signal));
    if (cut !== undefined) return misfitVerdict(cut);
    return {
      ...{ ok: true, kind: "database", station: station.row.id, key: station.check.thumbprint },
      ...{ events: chain.position, runs: records.runs, batches: records.batches },
      ...{ heads: this.#heads, signedUpTo: this.#signedUpTo },
      headFile: this.#kept === "absent" ? "absent" : "present",
    };
  }

  /** Lets go of the database. */
  end(): void {
    this.#runs?.return?.();
  }

  async #station(): Promise<Station | { readonly misfit: Misfit }> {
    const rows = this.#db
      .prepare<[], StationRow>("SELECT id, created_at AS createdAt, public_key AS publicKey FROM station")
      .all();
    const [row] = rows;
    if (row === undefined || rows.length > 1)
      return { misfit: { table: "station", row: "1", what: `there are ${rows.length} rows instead of one` } };
    const wrong = (what: string): { readonly misfit: Misfit } => ({ misfit: { table: "station", row: row.id, what } });
    try {
      const check = await signatureCheck(row.publicKey);
      const { key = check.thumbprint } = this.#options;
      return key === check.thumbprint ? { row, check } : wrong("its key is not the one that was asked for");
    } catch (error) {
      if (error instanceof StationError) return wrong("its public key cannot be read");
      throw error;
    }
  }

  #recipes(): Misfit | undefined {
    const rows = this.#db.prepare<[], [unknown, unknown]>("SELECT sha256, text FROM recipe ORDER BY rowid").raw();
    // Damage may leave anything in a cell.
    for (const [sha256, text] of rows.iterate())
      if (typeof text !== "string" || sha256Hex(text) !== sha256)
        return {
          table: "recipe",
          row: String(sha256).slice(0, 64),
          what: "its text was changed: it does not have its digest",
        };
    return undefined;
  }

  #records(station: string): RecordWalk {
    const runs = this.#db.prepare<[], Cell[]>(`SELECT ${RUN_COLUMN_LIST} FROM run ORDER BY rowid`).raw().iterate();
    this.#runs = runs;
    const run = this.#db.prepare<[string]>("SELECT 1 FROM run WHERE id = ?");
    const batch = this.#db
      .prepare<[string], Cell[]>(`SELECT ${BATCH_COLUMNS.join(", ")} FROM batch WHERE id = ?`)
      .raw();
    const recipe = this.#db.prepare<[string], Cell[]>("SELECT name, recorded_at FROM recipe WHERE sha256 = ?").raw();
    return new RecordWalk(
      {
        nextRun() {
          const next = runs.next();
          return next.done === true ? undefined : next.value;
        },
        hasRun: (id) => run.get(id) !== undefined,
        batch: (id) => batch.get(id),
        recipe: (sha256) => recipe.get(sha256),
        certificates: certificateWalk(this.#db),
      },
      station,
    );
  }

  async #walk(station: Station, chain: ChainWalk, records: RecordWalk): Promise<Misfit | undefined> {
    const { signal, progress } = this.#options;
    const total = this.#db.prepare<[], number>("SELECT max(position) FROM event").pluck().get() ?? 0;
    const rows = this.#db
      .prepare<[number, number], EventCells>(
        `SELECT ${EVENT_COLUMN_LIST} FROM event WHERE position > ? ORDER BY position LIMIT ?`,
      )
      .raw();
    for (;;) {
      if (signal?.aborted === true) throw abortReason(signal);
      const chunk = rows.all(chain.position, CHUNK);
      for (const cells of chunk) {
        const misfit =
          chain.next(cells) ??
          (cells[3] === HEAD_TYPE ? await this.#head(station, cells) : this.#record(records, cells));
        if (misfit !== undefined) return misfit;
      }
      progress?.({ done: chain.position, total });
      if (chunk.length < CHUNK) return undefined;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #record(records: RecordWalk, [position, run, seq, type, , body]: EventCells): Misfit | undefined {
    if (type === "batch.finished") this.#lastBatchEnd = position;
    if (type === "batch.started" && (this.#heads === 0 || this.#lastBatchEnd > this.#signedUpTo))
      return eventMisfit(position, "a batch starts though what came before is not signed: a signed head was taken out");
    if (isTelling(type)) return records.telling(position, run, seq, body);
    return run === null ? undefined : records.count(position, run, seq);
  }

  async #head(station: Station, [position, , , , at, body]: EventCells): Promise<Misfit | undefined> {
    const head = parseHead(body);
    if (head === undefined || head.position >= position) return eventMisfit(position, "the signed head cannot be read");
    if (this.#hashAt(head.position) !== head.hash)
      return eventMisfit(position, `the signed head is not that of row ${head.position}`);
    const claim = await station.check.claimOf(head.jws);
    if (!claims(claim, station.row.id, head) || claim?.at !== at)
      return eventMisfit(position, "the signature is not the station's over this head");
    this.#heads += 1;
    this.#signedUpTo = head.position;
    return undefined;
  }

  #hashAt(position: number): string | undefined {
    return this.#db.prepare<[number], string>("SELECT hash FROM event WHERE position = ?").pluck().get(position);
  }

  /** Rows that no event tells of. */
  #extras(records: RecordWalk): Misfit | undefined {
    const recipes = this.#db.prepare<[], string>("SELECT sha256 FROM recipe").pluck();
    for (const sha256 of recipes.iterate())
      if (!records.knows(sha256)) return { table: "recipe", row: sha256, what: "no batch used this recipe" };
    const batches = this.#db.prepare<[], number>("SELECT count(*) FROM batch").pluck().get() ?? 0;
    if (batches === records.batches) return undefined;
    const extra = this.#db
      .prepare<[], string>("SELECT id FROM batch WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.batch = batch.id)")
      .pluck()
      .get();
    return { table: "batch", row: extra ?? "", what: "no event tells of this batch" };
  }

  /** The head beside the database must be in the chain: it is not when the chain's end was cut off. */
  async #headFile(station: Station): Promise<Misfit | undefined> {
    const kept = this.#kept;
    if (kept === "absent") return undefined;
    if (kept === "damaged") return { table: "file", row: "head file", what: "the head file cannot be read" };
    const hash = this.#hashAt(kept.position);
    if (hash === undefined) return eventMisfit(kept.position, "the row is missing, though a signed head names it");
    if (hash !== kept.hash) return eventMisfit(kept.position, "the row is not the one that the head file names");
    if (!claims(await station.check.claimOf(kept.jws), station.row.id, kept))
      return { table: "file", row: "head file", what: "the signature is not the station's over this head" };
    return kept.position > this.#signedUpTo
      ? eventMisfit(kept.position + 1, "the signed head is missing, though it is in the head file")
      : undefined;
  }
}
