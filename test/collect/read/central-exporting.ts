import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { expect, it } from "vitest";
import { undefuse } from "../../../src/audit/csv.ts";
import { draftCentralExport } from "../../../src/collect/read/central-export.ts";
import { exportCentral, type CentralExport } from "../../../src/collect/read/make-central-export.ts";
import { CENTRAL_RUN_COLUMNS } from "../../../src/collect/central-rows.ts";
import type { Sql } from "../../../src/collect/sql.ts";
import type { Watch } from "../../../src/audit/verify-database.ts";
import type { ExportOrder, Progress } from "../../../src/contract/history.ts";
import { StationError } from "../../../src/core/error.ts";
import { failureOf } from "../../audit/samples.ts";
import { fillCentral, stationId } from "./central-samples.ts";

export const START = "2026-03-02T06:00:00.000Z";
const minute = (count: number): string => new Date(Date.parse(START) + count * 60_000).toISOString();

/** What exporting a central database rests on. */
export type ExportingRig = {
  /** An empty central database that may be written. */
  readonly empty: () => Promise<Sql>;
  /** An empty folder. */
  readonly folder: () => string;
};

/** Exports as the client does, without its thread. */
export function exported(sql: Sql, order: ExportOrder, watch?: Watch): Promise<CentralExport> {
  return exportCentral(order, (draft) => draftCentralExport(sql, draft, watch));
}

/** Puts so many runs of two stations into an empty central database, some of them begun at the same moment. */
export async function fillMany(sql: Sql, count: number): Promise<void> {
  const [record] = await fillCentral(sql, [{ startedAt: START }, { startedAt: START, by: 2 }]);
  const columns = CENTRAL_RUN_COLUMNS.map((column) => {
    if (column === "id") return "'01900000-0000-7000-8000-000000' || n.i";
    if (column === "started_at") return "'2026-03-02T06:00:00.' || (100 + n.i % 900) || 'Z'";
    return `run.${column}`;
  });
  await sql.all(
    `WITH RECURSIVE n(i) AS (SELECT 100000 UNION ALL SELECT i + 1 FROM n WHERE i < ${100_000 + count - 3})
     INSERT INTO run SELECT ${columns.join(", ")} FROM n, run WHERE run.id = ?`,
    [String(record?.id)],
  );
}

/** The same database, with something done before the `call`-th question. */
export function before(sql: Sql, call: number, act: () => Promise<void>): Sql {
  let calls = 0;
  return {
    dialect: sql.dialect,
    all: async (text, values) => {
      calls += 1;
      if (calls === call) await act();
      return sql.all(text, values);
    },
    script: (text) => sql.script(text),
    transaction: (work) => sql.transaction(work),
    close: () => sql.close(),
  };
}

/** What every engine must export. */
export function exportsTheLine({ empty, folder }: ExportingRig): void {
  it("writes a CSV that an outside parser reads back as the table has it, stations' names included", async () => {
    const sql = await empty();
    const operators = ["Zoë 😀", '=HYPERLINK("http://x")', 'two\r\nlines, "quoted"', "@cmd", null];
    await fillCentral(
      sql,
      operators.map((operator, index) => ({ startedAt: minute(index), by: (index % 2) + 1, operator })),
    );
    const out = join(folder(), "line.csv");
    const result = await exported(sql, { format: "csv", out, filter: {} });
    const bytes = readFileSync(out);
    expect(result).toEqual({ out, rows: 5, sha256: createHash("sha256").update(bytes).digest("hex") });
    const [header, ...rows] = parse(bytes, { recordDelimiter: "\r\n" });
    expect(header).toEqual(CENTRAL_RUN_COLUMNS);
    const table = await sql.all(`SELECT ${CENTRAL_RUN_COLUMNS.join(", ")} FROM run ORDER BY started_at, id`);
    expect(rows.map((row) => row.map(undefuse))).toEqual(
      table.map((row) => row.map((cell) => (typeof cell === "string" || typeof cell === "number" ? String(cell) : ""))),
    );
    expect(rows.map((row) => row.at(-1))).toEqual(["bench-1", "bench-2", "bench-1", "bench-2", "bench-1"]);
    for (const row of rows) expect(row[12]).not.toMatch(/^[=@]/);
  });

  it("writes JSON Lines with one object a run, of the filter alone", async () => {
    const sql = await empty();
    await fillCentral(sql, [
      { startedAt: minute(0), by: 1, outcome: "FAIL" },
      { startedAt: minute(1), by: 2, outcome: "FAIL", training: true },
      { startedAt: minute(2), by: 2 },
      { startedAt: minute(3), by: 2, outcome: "FAIL", again: true, elapsedMs: 12.5 },
    ]);
    const out = join(folder(), "line.jsonl");
    const filter = { station: stationId(2), outcome: "FAIL" as const };
    await exported(sql, { format: "jsonl", out, filter });
    const lines = readFileSync(out, "utf8").trimEnd().split("\n");
    const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toMatchObject([
      { station: stationId(2), station_name: "bench-2", training: true, again: false, started_at: minute(1) },
      { station: stationId(2), station_name: "bench-2", training: false, again: true, elapsed_ms: 12.5 },
    ]);
    expect(rows.map((row) => Object.keys(row))).toEqual([CENTRAL_RUN_COLUMNS, CENTRAL_RUN_COLUMNS]);
  });

  it("exports nothing as a header alone", async () => {
    const sql = await empty();
    const out = join(folder(), "line.csv");
    expect(await exported(sql, { format: "csv", out, filter: {} })).toMatchObject({ rows: 0 });
    expect(readFileSync(out, "utf8")).toBe(`${CENTRAL_RUN_COLUMNS.join(",")}\r\n`);
  });

  it("writes every run once, in order, over many pages, and tells how far it is", async () => {
    const sql = await empty();
    await fillMany(sql, 6000);
    const told: Progress[] = [];
    const out = join(folder(), "line.csv");
    const order = { format: "csv" as const, out, filter: { from: START } };
    const { rows } = await exported(sql, order, { progress: (step) => told.push(step) });
    expect(rows).toBe(6000);
    const ids = readFileSync(out, "utf8")
      .split("\r\n")
      .slice(1, -1)
      .map((line) => line.slice(0, 36));
    const table = await sql.all("SELECT id FROM run ORDER BY started_at, id");
    expect(ids).toEqual(table.map(([id]) => id));
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toEqual({ done: 6000, total: 6000 });
  });

  it("leaves what was there, and nothing of its own, when it is cancelled", async () => {
    const sql = await empty();
    await fillMany(sql, 5000);
    const place = folder();
    const out = join(place, "line.csv");
    writeFileSync(out, "of last week");
    const stop = new AbortController();
    const reason = new StationError("desktop.cancelled", "enough");
    const watch = { signal: stop.signal, progress: () => stop.abort(reason) };
    await expect(exported(sql, { format: "csv", out, filter: {} }, watch)).rejects.toBe(reason);
    expect(readdirSync(place)).toEqual(["line.csv"]);
    expect(readFileSync(out, "utf8")).toBe("of last week");
    expect(await sql.all("SELECT count(*) FROM run")).toEqual([[5000]]);
  });

  it("takes the place of an older export together with its manifest, which tells of other rows", async () => {
    const sql = await empty();
    await fillCentral(sql, [{ startedAt: START }]);
    const place = folder();
    const out = join(place, "line.csv");
    for (const name of ["line.csv", "line.csv.manifest.json"]) writeFileSync(join(place, name), "{}");
    await exported(sql, { format: "csv", out, filter: {} });
    expect(readdirSync(place)).toEqual(["line.csv"]);
  });

  it("says that it cannot be written there, and leaves nothing", async () => {
    const sql = await empty();
    const place = folder();
    const order = { format: "csv" as const, filter: {} };
    expect(await failureOf(exported(sql, { ...order, out: join(place, "none", "line.csv") }))).toMatchObject({
      code: "audit.export",
    });
    mkdirSync(join(place, "taken"));
    expect(await failureOf(exported(sql, { ...order, out: join(place, "taken") }))).toMatchObject({
      code: "audit.export",
    });
    expect(readdirSync(place)).toEqual(["taken"]);
  });
}
