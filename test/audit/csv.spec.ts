import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvCell, CSV_HEADER, csvLine, defuse, undefuse } from "../../src/audit/csv.ts";
import { jsonLine } from "../../src/audit/json-lines.ts";
import { RUN_COLUMNS, type Cell } from "../../src/audit/run-columns.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.stringMatching(/^[=+\-@'"\t\r\n,; ＝＋－＠a]{0,6}$/),
);
const row = fc.array(fc.oneof(fc.constant(null), text, fc.double({ min: 0, noNaN: true, max: 1e9 })), {
  minLength: RUN_COLUMNS.length,
  maxLength: RUN_COLUMNS.length,
});
const parsed = (csv: string): string[][] => parse(csv, { relaxColumnCount: true, recordDelimiter: "\r\n" });
const told = (cell: Cell): string => (cell === null ? "" : String(cell));

describe("csvLine", () => {
  it("is read back by an outside parser, cell by cell", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
        const back = parsed(rows.map((cells) => csvLine(cells)).join(""));
        expect(back.map((cells) => cells.map(undefuse))).toEqual(rows.map((cells) => cells.map(told)));
      }),
      { numRuns: 500 },
    );
  });

  it("never lets a cell begin like a formula", () => {
    fc.assert(
      fc.property(row, (cells) => {
        for (const cell of parsed(csvLine(cells)).flat()) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      }),
      { numRuns: 500 },
    );
  });

  it("ends with CR LF, separates with commas and writes null as nothing", () => {
    expect(csvLine(["a", null, 2])).toBe("a,,2\r\n");
    expect(CSV_HEADER).toMatch(/^id,batch,slot,uuid,imei,.*\r\n$/);
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["-2+3", "'-2+3"],
    ["＝1", "'＝1"],
    ["'quoted", "''quoted"],
    ["\t=1", `"'\t=1"`],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ["a;=1", '"a;=1"'],
    ["plain", "plain"],
    ["two\r\nlines", '"two\r\nlines"'],
    [" padded ", '" padded "'],
  ])("writes %j as %j", (cell, expected) => {
    expect(csvCell(cell)).toBe(expected);
    expect(csvLine([cell])).toBe(`${expected}\r\n`);
  });

  it("is undone by taking one apostrophe off", () => {
    fc.assert(fc.property(text, (cell) => undefuse(defuse(cell)) === cell));
  });
});

describe("jsonLine", () => {
  it("is one line of JSON with every cell under its column's name", () => {
    fc.assert(
      fc.property(row, (cells) => {
        const line = jsonLine(cells);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        const object = JSON.parse(line) as Record<string, unknown>;
        expect(Object.keys(object)).toEqual(RUN_COLUMNS.map(([column]) => column));
        for (const [index, [column]] of RUN_COLUMNS.entries())
          expect(object[column]).toEqual(
            column === "again" || column === "training"
              ? typeof cells[index] === "string"
                ? cells[index]
                : cells[index] === 1
              : Object.is(cells[index], -0)
                ? 0
                : cells[index],
          );
      }),
      { numRuns: 300 },
    );
  });
});
