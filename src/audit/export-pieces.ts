import type { Database } from "better-sqlite3";
import type { ExportOrder } from "../contract/history.ts";
import { csvLine } from "./csv.ts";
import { csvPiece, JOINED_LIST, type JoinedRow } from "./joined-rows.ts";
import { jsonLine } from "./json-lines.ts";
import { RUN_COLUMN_LIST, type Cell } from "./run-columns.ts";
import type { Where } from "./run-where.ts";

/** Rows of an export as they are written. */
export type Piece = { readonly bytes: Buffer; readonly rows: number };

/**
 * The runs of a filter, oldest first (all runs: in the order in which they were recorded, which is faster to read), as pieces of an
 * export.
 * @param size rows of a piece, all but the last
 */
export function exportPieces(db: Database, format: ExportOrder["format"], where: Where, size: number): Iterable<Piece> {
  const source = sourceOf(db, where);
  return format === "csv" ? csvPieces(source, size) : cellPieces(source.cells(0), jsonLine, size);
}

/** Rows that are read at once. */
const READ = 512;
/** SQLite's least number of a row; JavaScript's own numbers could not hold them all. */
const LEAST = -(2n ** 63n);

type Source = {
  /** @param size rows of a group, all but the last */
  readonly joined: (size: number) => Iterable<readonly JoinedRow[]>;
  /** @param skip rows that are left out at the beginning */
  readonly cells: (skip: number) => Iterable<readonly Cell[]>;
};

function sourceOf(db: Database, { sql, values }: Where): Source {
  const order = values.length === 0 ? "rowid" : "started_at, id";
  const select = (list: string): string => `SELECT ${list} FROM run WHERE ${sql} ORDER BY ${order}`;
  return {
    joined: (size) =>
      values.length === 0
        ? allJoined(db, size)
        : groups(
            db
              .prepare<unknown[], JoinedRow>(select(JOINED_LIST))
              .raw()
              .iterate(...values),
            size,
          ),
    cells: (skip) =>
      db
        .prepare<unknown[], Cell[]>(`${select(RUN_COLUMN_LIST)} LIMIT -1 OFFSET ?`)
        .raw()
        .iterate(...values, skip),
  };
}

/** All rows in the order of their writing. Many are read at once, which takes less time than one after the other. */
function* allJoined(db: Database, size: number): Generator<readonly JoinedRow[]> {
  const from = "FROM run WHERE rowid >= ? ORDER BY rowid LIMIT";
  const many = size * Math.max(1, Math.floor(READ / size));
  const rows = db.prepare<[bigint], JoinedRow>(`SELECT ${JOINED_LIST} ${from} ${many}`).raw();
  const next = db.prepare<[bigint], bigint>(`SELECT rowid ${from} 1 OFFSET ${many}`).pluck().safeIntegers();
  for (let first: bigint | undefined = LEAST; first !== undefined; first = next.get(first)) {
    const read = rows.all(first);
    for (let start = 0; start < read.length; start += size) yield read.slice(start, start + size);
  }
}

function* csvPieces(source: Source, size: number): Generator<Piece> {
  let done = 0;
  let isJoined = true;
  for (const rows of source.joined(size)) {
    const bytes = csvPiece(rows);
    isJoined = bytes !== undefined;
    if (bytes === undefined) break;
    done += rows.length;
    yield { bytes, rows: rows.length };
  }
  if (!isJoined) yield* cellPieces(source.cells(done), csvLine, size);
}

/** Rows of cells as pieces of an export, in which each row is a line. @param size rows of a piece, all but the last */
export function* cellPieces(
  rows: Iterable<readonly Cell[]>,
  line: (cells: readonly Cell[]) => string,
  size: number,
): Generator<Piece> {
  for (const group of groups(rows, size))
    yield { bytes: Buffer.from(group.map(line).join(""), "utf8"), rows: group.length };
}

function* groups<T>(items: Iterable<T>, size: number): Generator<readonly T[]> {
  let group: T[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
