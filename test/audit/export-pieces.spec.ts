import Database from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { csvLine } from "../../src/audit/csv.ts";
import { exportPieces } from "../../src/audit/export-pieces.ts";
import { jsonLine } from "../../src/audit/json-lines.ts";
import { RUN_COLUMN_LIST, RUN_COLUMNS, type Cell } from "../../src/audit/run-columns.ts";
import { whereOf } from "../../src/audit/run-where.ts";

const TYPES: Readonly<Record<string, string>> = { elapsed_ms: "REAL", again: "INTEGER", training: "INTEGER" };
const HOSTILE = [
  "=1+1",
  "-2",
  "+",
  "@a",
  "'a",
  "\t",
  " a",
  "a ",
  " ",
  "＝1",
  "\u001f",
  "\u001e",
  "\0",
  "\uFEFF",
  "é",
  "😀",
];

const BEGINNINGS = ["=", "+", "-", "@", "'", '"', "\t", "\r", "\n", ",", ";", " ", "＝", "＠", "a", "\u001f"];

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.array(fc.constantFrom(...BEGINNINGS), { maxLength: 5 }).map((parts) => parts.join("")),
  fc.constantFrom(...HOSTILE),
);
const plain = fc.stringMatching(/^[A-Za-z0-9.:_-]{0,8}$/).map((name) => `x${name}`);
const elapsed = fc.oneof(fc.double(), fc.constantFrom(0, -0, 5e-324, 1e21, 1.5e300, 0.1 + 0.2, -7), fc.constant(null));
const cellOf = (column: string, hostile: boolean): fc.Arbitrary<Cell> => {
  // SQLite has no NaN: it is NULL there.
  if (column === "elapsed_ms") return elapsed.map((value) => (Number.isNaN(value) ? null : value));
  if (column in TYPES) return fc.constantFrom(0, 1);
  return hostile ? fc.oneof(fc.constant(null), text) : fc.option(plain);
};
const row = (hostile: boolean): fc.Arbitrary<Cell[]> =>
  fc.tuple(...RUN_COLUMNS.map(([column]) => cellOf(column, hostile)));
const rows = fc.array(fc.oneof({ weight: 3, arbitrary: row(false) }, { weight: 1, arbitrary: row(true) }), {
  maxLength: 12,
});

describe("exportPieces", () => {
  let db: Database.Database;
  beforeEach(() => {
    db = new Database(":memory:");
    const columns = RUN_COLUMNS.map(([column]) => `${column} ${TYPES[column] ?? "TEXT"}`);
    db.exec(`CREATE TABLE run (${columns.join(", ")}) STRICT`);
  });
  afterEach(() => db.close());

  const insert = (cells: readonly (readonly Cell[])[]): void => {
    db.exec("DELETE FROM run");
    const into = db.prepare(`INSERT INTO run (${RUN_COLUMN_LIST}) VALUES (${RUN_COLUMNS.map(() => "?").join(", ")})`);
    for (const each of cells) into.run(...each);
  };
  const stored = (order: string): Cell[][] =>
    db.prepare<[], Cell[]>(`SELECT ${RUN_COLUMN_LIST} FROM run ORDER BY ${order}`).raw().all();
  const pieces = (format: "csv" | "jsonl", filter: object, size: number) => [
    ...exportPieces(db, format, whereOf(filter), size),
  ];
  const written = (format: "csv" | "jsonl", filter: object, size: number): string =>
    Buffer.concat(pieces(format, filter, size).map(({ bytes }) => bytes)).toString("utf8");

  it("write rows of any content byte by byte as their cells are written one by one", () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(1, 2, 4, 8), (cells, size) => {
        insert(cells);
        expect(written("csv", {}, size)).toBe(stored("rowid").map(csvLine).join(""));
        expect(written("jsonl", {}, size)).toBe(stored("rowid").map(jsonLine).join(""));
      }),
      { numRuns: 500 },
    );
  });

  it("write what a filter finds by the time of its start", () => {
    fc.assert(
      fc.property(rows, (cells) => {
        insert(cells);
        db.exec("UPDATE run SET purpose = 'proof'");
        expect(written("csv", { purpose: "proof" }, 2)).toBe(stored("started_at, id").map(csvLine).join(""));
      }),
      { numRuns: 100 },
    );
  });

  it("hold as many rows as were asked for, but the last", () => {
    insert(
      Array.from({ length: 10 }, (_, index) => RUN_COLUMNS.map(([column]) => (column in TYPES ? 1 : String(index)))),
    );
    expect(pieces("csv", {}, 4).map((piece) => piece.rows)).toEqual([4, 4, 2]);
    db.exec("UPDATE run SET operator = char(31) WHERE slot = '5'");
    expect(pieces("csv", {}, 4).map((piece) => piece.rows)).toEqual([4, 4, 2]);
  });
});
