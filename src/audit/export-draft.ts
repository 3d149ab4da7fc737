import { createHash, randomUUID, type Hash } from "node:crypto";
import { closeSync, fsyncSync, openSync, realpathSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Database } from "better-sqlite3";
import type { ExportOrder } from "../contract/history.ts";
import { abortReason } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { SignedHead } from "./audit-store.ts";
import { HEAD_TYPE, type StationRow } from "./chain.ts";
import { CSV_HEADER, csvLine } from "./csv.ts";
import { openForReading } from "./database-file.ts";
import { parseHead } from "./head-file.ts";
import { jsonLine } from "./json-lines.ts";
import type { ManifestBody } from "./manifest.ts";
import { RUN_COLUMN_LIST, RUN_COLUMNS, type Cell } from "./run-columns.ts";
import { whereOf } from "./run-where.ts";
import { auditError } from "./sqlite-error.ts";
import type { Watch } from "./verify-database.ts";

/** An export that is written but has neither its name nor its manifest yet. */
export type ExportDraft = {
  /** The complete file under its temporary name. */
  readonly temporary: string;
  readonly out: string;
  readonly body: Omit<ManifestBody, "madeAt">;
  /** The newest signed head of the chain that was read. */
  readonly head: SignedHead | null;
};

/** Marks kept: up to so many rows each row has its own; beyond, every second mark is dropped. */
const MOST_MARKS = 2048;
const MARK_DIGITS = 12;
/** Rows that are put together before they are hashed and handed to the file. */
const PIECE = 512;
/** Rows between two looks at the signal, at least. */
const BREATH = 4096;
/** Bytes that are handed to the file at once, about. */
const WRITE_BYTES = 256 * 1024;

/**
 * Writes the runs of a filter, oldest first (all runs: in the order in which they were recorded, which is faster to read), to a temporary file beside `out`, from one snapshot of the database.
 * Memory stays bounded; the temporary file is removed when anything goes wrong.
 * @throws StationError audit.export, audit.missing, audit.corrupt …; the signal's reason
 */
export async function draftExport(file: string, order: ExportOrder, watch: Watch = {}): Promise<ExportDraft> {
  const out = resolve(order.out);
  refuseOwnFiles(file, out);
  const { db, close } = openForReading(file);
  try {
    db.exec("BEGIN");
    const sheet = new Sheet(out);
    try {
      return await fill(db, sheet, { ...order, out }, watch);
    } catch (error) {
      sheet.discard();
      throw error;
    }
  } catch (error) {
    throw auditError(error, "the audit database cannot be read", { file });
  } finally {
    close();
  }
}

async function fill(
  db: Database,
  sheet: Sheet,
  { format, filter, out }: ExportOrder,
  watch: Watch,
): Promise<ExportDraft> {
  const where = whereOf(filter);
  const order = where.values.length === 0 ? "rowid" : "started_at, id";
  const total =
    db
      .prepare<string[], number>(`SELECT count(*) FROM run WHERE ${where.sql}`)
      .pluck()
      .get(...where.values) ?? 0;
  const rows = db
    .prepare<string[], Cell[]>(`SELECT ${RUN_COLUMN_LIST} FROM run WHERE ${where.sql} ORDER BY ${order}`)
    .raw();
  if (format === "csv") sheet.header(CSV_HEADER);
  const line = format === "csv" ? csvLine : jsonLine;
  const range = await pour(() => rows.iterate(...where.values), sheet, line, { ...watch, total });
  const station = db
    .prepare<[], StationRow>("SELECT id, created_at AS createdAt, public_key AS publicKey FROM station")
    .get();
  const tip = db
    .prepare<[], ManifestBody["snapshot"]>("SELECT position, hash FROM event ORDER BY position DESC LIMIT 1")
    .get();
  const head = db
    .prepare<[], string>(`SELECT body FROM event WHERE type = '${HEAD_TYPE}' ORDER BY position DESC LIMIT 1`)
    .pluck()
    .get();
  if (station === undefined || tip === undefined)
    throw new StationError("audit.corrupt", "the database has no station or no events", { file: db.name });
  const body = {
    ...{ manifest: 1 as const, format, columns: RUN_COLUMNS.map(([column]) => column), filter },
    ...{ ...sheet.finish(), range, snapshot: tip },
    ...{ station: station.id, publicKey: JSON.parse(station.publicKey) as Readonly<Record<string, unknown>> },
  };
  return { temporary: sheet.temporary, out, body, head: (head === undefined ? undefined : parseHead(head)) ?? null };
}

const STARTED_AT = RUN_COLUMNS.findIndex(([column]) => column === "started_at");

async function pour(
  read: () => Iterable<Cell[]>,
  sheet: Sheet,
  line: (cells: readonly Cell[]) => string,
  { signal, progress, total }: Watch & { readonly total: number },
): Promise<ManifestBody["range"]> {
  let from: string | undefined;
  let to = "";
  let looked = 0;
  throwIfStopped(signal);
  for (const cells of read()) {
    const startedAt = String(cells[STARTED_AT]);
    if (from === undefined || startedAt < from) from = startedAt;
    if (startedAt > to) to = startedAt;
    if (!sheet.add(line(cells))) continue;
    if (sheet.rows - looked < BREATH) continue;
    looked = sheet.rows;
    throwIfStopped(signal);
    progress?.({ done: sheet.rows, total });
    await new Promise((wake) => setImmediate(wake));
  }
  progress?.({ done: sheet.rows, total });
  return from === undefined ? null : { from, to };
}

function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortReason(signal);
}

/** A file being written, with its digest, its marks and its number of rows. */
class Sheet {
  readonly temporary: string;
  readonly #descriptor: number;
  readonly #hash: Hash = createHash("sha256");
  #piece: string[] = [];
  #every = 1;
  #marks: string[] = [];
  #bytes = 0;
  #unwritten: Buffer[] = [];
  #unwrittenBytes = 0;
  rows = 0;

  constructor(out: string) {
    this.temporary = `${out}.${randomUUID()}.part`;
    this.#descriptor = writing(out, () => openSync(this.temporary, "wx"));
  }

  header(line: string): void {
    this.#write(line);
  }

  /** Takes a line; answers whether this completed a piece. */
  add(line: string): boolean {
    if (this.rows === 0 && this.#marks.length === 0) this.#mark();
    this.#piece.push(line);
    this.rows += 1;
    if (this.#piece.length < PIECE && this.rows % this.#every !== 0) return false;
    this.#flush();
    return true;
  }

  /** Completes the file on the disk. */
  finish(): Pick<ManifestBody, "rows" | "bytes" | "sha256" | "marks"> {
    if (this.#marks.length === 0) this.#mark();
    this.#flush();
    this.#toFile();
    writing(this.temporary, () => {
      fsyncSync(this.#descriptor);
      closeSync(this.#descriptor);
    });
    const marks = { every: this.#every, sha256: this.#marks };
    return { rows: this.rows, bytes: this.#bytes, sha256: this.#hash.digest("hex"), marks };
  }

  /** Takes the unfinished file away. */
  discard(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // Closed already: finishing it went wrong.
    }
    rmSync(this.temporary, { force: true });
  }

  #flush(): void {
    if (this.#piece.length === 0) return;
    this.#write(this.#piece.join(""));
    this.#piece = [];
    if (this.rows % this.#every === 0) this.#mark();
  }

  #write(text: string): void {
    const bytes = Buffer.from(text, "utf8");
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    this.#unwritten.push(bytes);
    this.#unwrittenBytes += bytes.length;
    if (this.#unwrittenBytes >= WRITE_BYTES) this.#toFile();
  }

  #toFile(): void {
    const bytes = Buffer.concat(this.#unwritten);
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
    writing(this.temporary, () => writeAll(this.#descriptor, bytes));
  }

  #mark(): void {
    this.#marks.push(this.#hash.copy().digest("hex").slice(0, MARK_DIGITS));
    if (this.#marks.length <= MOST_MARKS) return;
    this.#marks = this.#marks.filter((_, index) => index % 2 === 0);
    this.#every *= 2;
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}

function writing<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new StationError("audit.export", "the export cannot be written", { file }, { cause: error });
  }
}

/** Names beside the database that belong to it. */
const OWN_ENDINGS = ["", "-wal", "-shm", "-journal", ".lock", ".lock-journal", ".head", ".key"];

/** An export must never take the place of the record that it is made of. */
function refuseOwnFiles(file: string, out: string): void {
  const place = writing(out, () => join(realpathSync(dirname(out)), basename(out)));
  const database = resolve(file);
  const real = join(realpathSync(dirname(database)), basename(database));
  if (OWN_ENDINGS.some((ending) => place === real + ending || `${place}.manifest.json` === real + ending))
    throw new StationError("audit.export", "the export would overwrite the audit database", { file: out });
}
