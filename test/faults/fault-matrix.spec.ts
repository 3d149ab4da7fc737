import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { format, resolveConfig } from "prettier";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeEntry } from "../../src/core/error-codes.ts";
import { PHASE_TABLE } from "../../src/run/phase-table.ts";
import { MatrixWorld } from "./support/matrix-world.ts";
import { runCell, type Seen } from "./support/matrix-run.ts";
import { inPool } from "./support/pool.ts";
import { nameOf, type Cell } from "./table/cell.ts";
import { faultDocument } from "./table/fault-document.ts";
import { FAULT_TABLE } from "./table/fault-table.ts";
import { selection } from "./table/selection.ts";

const DOCUMENT = join(import.meta.dirname, "../../docs/faults.md");
const SEED = 6;
/** `npm run test:long` carries out the whole table; `FAULT_CELLS` narrows it to names that fit. */
const WHOLE = process.env["STATION_TEST"] === "long";
const NAMED = new RegExp(process.env["FAULT_CELLS"] ?? "");
const WIDTH = 10;
const LIMIT = 1_800_000;

const TABLE = FAULT_TABLE.filter(({ cause }) => cause.by !== "spec");
const CELLS = (WHOLE ? TABLE : selection(TABLE, SEED)).filter((cell) => NAMED.test(nameOf(cell)));
// A lock that is waited for stops the whole process: such cells run by themselves.
const isAlone = ({ cause }: Cell): boolean => cause.by === "lock";

describe("the fault matrix", () => {
  const seen = new Map<Cell, Seen>();

  beforeAll(async () => {
    const world = await MatrixWorld.start();
    try {
      const run = async (cell: Cell): Promise<unknown> => seen.set(cell, await runCell(cell, world));
      await inPool(
        CELLS.filter((cell) => !isAlone(cell)),
        WIDTH,
        run,
      );
      await inPool(CELLS.filter(isAlone), 1, run);
    } finally {
      await world.stop();
    }
  }, LIMIT);
  afterAll(() => seen.clear());

  it.each(CELLS.map((cell) => [nameOf(cell), cell] as const))("%s", (_name, cell) => {
    const { ends, advice, modems, next, ...record } = seen.get(cell)!;
    const { end } = cell;
    expect(ends).toEqual(ends.map(() => end));
    expect(advice).toBe(end.code === null ? "" : codeEntry(end.code).advice);
    // What the record calls restored is: as it was found.
    const found = end.release === "restored" ? modems.map(() => "CFUN 1, CMEE 0") : modems;
    expect(modems).toEqual(found);
    expect(record).toEqual({ verified: true, leaks: [] });
    expect(next).toEqual(next.map(() => "PASS"));
  });
});

describe("the table of faults", () => {
  it("names each cell once", () => {
    const names = FAULT_TABLE.map(nameOf);
    expect(names).toEqual([...new Set(names)]);
  });

  it("has a selection with every fault, phase and transport", () => {
    const chosen = selection(TABLE, SEED);
    const of = (cells: readonly Cell[], what: "fault" | "phase" | "way"): readonly string[] =>
      [...new Set(cells.map((cell) => cell[what]))].sort();
    for (const what of ["fault", "phase", "way"] as const) expect(of(chosen, what)).toEqual(of(TABLE, what));
    expect(of(chosen, "phase")).toEqual(Object.keys(PHASE_TABLE).sort());
    expect(chosen.length).toBeLessThan(80);
  });

  it.each(FAULT_TABLE.flatMap((cell) => (cell.cause.by === "spec" ? [{ ...cell.cause, name: nameOf(cell) }] : [])))(
    "points at a spec that is there: $name",
    ({ file, test }) => {
      const path = join(import.meta.dirname, "..", file);
      expect(existsSync(path)).toBe(true);
      expect(readFileSync(path, "utf8")).toContain(test);
    },
  );

  it("is what docs/faults.md shows", async () => {
    const config = await resolveConfig(DOCUMENT);
    await expect(await format(faultDocument(FAULT_TABLE), { ...config, parser: "markdown" })).toMatchFileSnapshot(
      DOCUMENT,
    );
  });
});
