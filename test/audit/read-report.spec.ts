import { rmSync } from "node:fs";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HistoryClient } from "../../src/audit/history-thread.ts";
import { migrate } from "../../src/audit/migrate.ts";
import { readReport } from "../../src/audit/read-report.ts";
import { edgeQuery, groupQuery, reportWhere, timesQuery, unitsQuery, within } from "../../src/audit/report-query.ts";
import { ReportOrderSchema, ReportSchema, type Report, type ReportFilter } from "../../src/contract/report.ts";
import type { SlotId } from "../../src/core/ids.ts";
import { databaseOf, fits, recount, type SampleRun } from "./report-samples.ts";
import { failureOf, settled } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const slot = (name: number): SlotId => String(name) as SlotId;
const ALL: ReportFilter = { mode: "both" };
const minute = (count: number): string => new Date(Date.UTC(2026, 2, 2, 6) + count * 60_000).toISOString();

describe("readReport", () => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
  });
  afterEach(() => temp.dispose());

  async function reportOf(runs: readonly SampleRun[], filter: ReportFilter = ALL, zone = "UTC"): Promise<Report> {
    databaseOf(temp.file, runs);
    return read(filter, zone);
  }

  async function read(filter: ReportFilter, zone = "UTC"): Promise<Report> {
    const report = await readReport(temp.file, { filter, zone });
    expect(ReportSchema.safeParse(report).error).toBeUndefined();
    return report;
  }

  it("says that there is nothing in an empty record", async () => {
    expect(await reportOf([])).toMatchObject({
      ...{ runs: { runs: 0 }, units: { units: 0, passedFirst: 0 }, hours: 0, buckets: [], slots: [] },
      ...{ codes: { codes: [] }, recipes: { groups: [] }, choices: { recipes: [], operators: [], fixtures: [] } },
    });
  });

  it("counts a unit once, by its first judged run, and units that passed at any", async () => {
    const { runs, units } = await reportOf([
      { startedAt: minute(0), unit: 1, outcome: "FAIL" },
      { startedAt: minute(1), unit: 1 },
      { startedAt: minute(2), unit: 1 },
      { startedAt: minute(3), unit: 2 },
      { startedAt: minute(4), unit: 2, outcome: "FAIL" },
      { startedAt: minute(5), unit: 3, outcome: "ABORTED" },
      { startedAt: minute(6), unit: 3 },
      { startedAt: minute(7), unit: 4, outcome: "ERROR" },
      { startedAt: minute(8), unit: null, outcome: "ERROR" },
      { startedAt: minute(9), unit: 5, outcome: null },
    ]);
    expect(runs).toEqual({ runs: 10, pass: 4, fail: 2, error: 2, aborted: 1, running: 1 });
    expect(units).toEqual({ units: 4, passedFirst: 2, passed: 3, unidentified: 1 });
  });

  it("tells failures by code and shows the slot that fails more often than chance explains", async () => {
    const runs = Array.from({ length: 64 }, (_, index): SampleRun => {
      const bad = index % 8 === 2 && index > 20;
      const code = index % 16 === 2 ? "link.lost" : "at.silent";
      const fails = bad ? ({ outcome: code === "link.lost" ? "ERROR" : "FAIL", code } as const) : {};
      return { startedAt: minute(index), slot: slot((index % 8) + 1), ...fails };
    });
    const { codes, slots } = await reportOf(runs);
    expect(codes).toEqual({
      codes: [
        { code: "at.silent", fail: 3, error: 0 },
        { code: "link.lost", fail: 0, error: 2 },
      ],
    });
    expect(slots.filter(({ standsOut }) => standsOut)).toMatchObject([
      { slot: "3", runs: 8, fail: 3, error: 2, share: 0.625 },
    ]);
  });

  it("keeps slots of one name on two fixtures apart, and counts as people do", async () => {
    const { slots } = await reportOf([
      { startedAt: minute(0), slot: slot(10), fixture: "B" },
      { startedAt: minute(1), slot: slot(2), fixture: "B" },
      { startedAt: minute(2), slot: slot(2), fixture: "A", outcome: "FAIL" },
    ]);
    expect(slots.map(({ fixture, slot: name, fail }) => [fixture, name, fail])).toEqual([
      ["A", "2", 1],
      ["B", "2", 0],
      ["B", "10", 0],
    ]);
  });

  it("measures the cycle time of passed runs: median, ninth decile, bins without gaps", async () => {
    const runs = Array.from({ length: 10 }, (_, index): SampleRun => ({
      startedAt: minute(index),
      elapsedMs: (index + 1) * 1000,
    }));
    const { cycle } = await reportOf([...runs, { startedAt: minute(11), outcome: "FAIL", elapsedMs: 99_000 }]);
    expect(cycle).toMatchObject({ runs: 10, median: 5000, p90: 9000, shortest: 1000, longest: 10_000, width: 2000 });
    expect(cycle?.bins.map(({ from, runs: count }) => [from, count])).toEqual([
      [0, 1],
      ...[2000, 4000, 6000, 8000].map((from) => [from, 2]),
      [10_000, 1],
    ]);
  });

  it("takes throughput over the clock hours in which runs began, and shows those between", async () => {
    const { hours, buckets, interval } = await reportOf([
      ...[0, 10, 20].map((count) => ({ startedAt: minute(count) })),
      { startedAt: minute(185), outcome: "ABORTED" },
    ]);
    expect([hours, interval]).toEqual([2, "hour"]);
    expect(buckets.map(({ at, runs }) => [at.slice(11), runs])).toEqual([
      ["06:00", 3],
      ["07:00", 0],
      ["08:00", 0],
      ["09:00", 1],
    ]);
  });

  it("tells the two hours of one name apart when the clock is set back, and knows none when it is set forward", async () => {
    const back = [
      "2026-10-24T23:59:59.999Z",
      "2026-10-25T00:30:00.000Z",
      "2026-10-25T01:30:00.000Z",
      "2026-10-25T02:00:00.000Z",
    ];
    const { buckets } = await reportOf(
      back.map((startedAt) => ({ startedAt })),
      ALL,
      "Europe/Berlin",
    );
    expect(buckets.map(({ at, ahead, runs }) => [at.slice(11), ahead, runs])).toEqual([
      ["01:00", 120, 1],
      ["02:00", 120, 1],
      ["02:00", 60, 1],
      ["03:00", 60, 1],
    ]);
  });

  it("has no hour that the clock jumps over, and days of 23 and 25 hours", async () => {
    const forward = ["2026-03-29T00:59:00.000Z", "2026-03-29T01:00:00.000Z"];
    const { buckets } = await reportOf(
      forward.map((startedAt) => ({ startedAt })),
      ALL,
      "Europe/Berlin",
    );
    expect(buckets.map(({ at }) => at.slice(11))).toEqual(["01:00", "03:00"]);
    rmSync(temp.file);
    const days = [
      "2026-10-24T21:59:00.000Z",
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T22:59:00.000Z",
      "2026-10-27T23:00:00.000Z",
    ];
    const byDay = await reportOf(
      days.map((startedAt) => ({ startedAt })),
      ALL,
      "Europe/Berlin",
    );
    expect(byDay.buckets.map(({ at, runs }) => [at, runs])).toEqual([
      ["2026-10-24", 1],
      ["2026-10-25", 2],
      ["2026-10-26", 0],
      ["2026-10-27", 0],
      ["2026-10-28", 1],
    ]);
  });

  it("counts production, training or both, and a range with both ends included", async () => {
    databaseOf(
      temp.file,
      [0, 1, 2, 3].map((count) => ({ startedAt: minute(count), training: count % 2 === 1 })),
    );
    expect((await read({ mode: "production" })).runs.runs).toBe(2);
    expect((await read({ mode: "training", to: minute(1) })).runs.runs).toBe(1);
    expect((await read({ mode: "both", from: minute(1), to: minute(2) })).runs.runs).toBe(2);
  });

  it.each<Partial<ReportFilter>>([
    { operator: "' OR 1 --" },
    { fixture: '") OR (1' },
    { recipe: "%" },
    { code: "at.silent' UNION SELECT 1" },
    { unitStart: "_" },
    { from: "9999-99-99T99:99:99.999Z" },
  ])("takes %j for a name that nothing has", async (hostile) => {
    expect((await reportOf([{ startedAt: minute(0), operator: "Ada" }], { ...ALL, ...hostile })).runs.runs).toBe(0);
  });

  it("agrees with a recount of every run, whatever the runs and the filter", async () => {
    const run = fc.record({
      startedAt: fc.integer({ min: 0, max: 4000 }).map((count) => minute(count)),
      unit: fc.option(fc.integer({ min: 1, max: 6 })),
      slot: fc.integer({ min: 1, max: 3 }).map(slot),
      outcome: fc.constantFrom("PASS", "PASS", "FAIL", "ERROR", "ABORTED", null),
      fixture: fc.constantFrom("A", "B"),
      operator: fc.constantFrom("Ada", "Bob", null),
      training: fc.boolean(),
      elapsedMs: fc.integer({ min: 1, max: 100_000 }),
    });
    const filter = fc.record(
      {
        mode: fc.constantFrom("production", "training", "both"),
        operator: fc.constantFrom("Ada", "Bob"),
        slot: fc.constantFrom(slot(1), slot(2)),
        fixture: fc.constantFrom("A", "B"),
        from: fc.integer({ min: 0, max: 3000 }).map((count) => minute(count)),
      },
      { requiredKeys: ["mode"] },
    );
    const zone = fc.constantFrom("UTC", "Asia/Kathmandu", "America/New_York");
    await fc.assert(
      fc.asyncProperty(fc.array(run, { maxLength: 40 }), filter, zone, async (runs, some, name) => {
        rmSync(temp.file, { force: true });
        const records = databaseOf(temp.file, runs);
        const fixtures = new Map(records.map(({ id }, index) => [id, runs[index]?.fixture]));
        const counted = records.filter((record) => fits(record, fixtures.get(record.id), some));
        const report = await read(some, name);
        expect({ runs: report.runs, units: report.units }).toEqual(recount(counted));
        const sum = (lists: readonly { readonly runs: number }[]): number =>
          lists.reduce((all, { runs: more }) => all + more, 0);
        for (const list of [report.buckets, report.slots, report.recipes.groups, report.operators.groups])
          expect(sum(list)).toBe(counted.length);
        const failed = report.codes.codes.reduce((all, { fail, error }) => all + fail + error, 0);
        expect(failed).toBe(report.runs.fail + report.runs.error);
        expect(sum(report.cycle?.bins ?? [])).toBe(report.runs.pass);
      }),
      { numRuns: 40 },
    );
  });

  it("works in the history thread, tells how far it is, and stops when it is cancelled", async () => {
    databaseOf(
      temp.file,
      Array.from({ length: 9000 }, (_, index) => ({ startedAt: minute(index) })),
    );
    const history = new HistoryClient({ file: temp.file });
    const shares: number[] = [];
    const progress = ({ done, total }: { readonly done: number; readonly total: number }): void =>
      void shares.push(done / total);
    const order = { filter: ALL, zone: "UTC" };
    expect((await history.report(order, { progress })).runs.runs).toBe(9000);
    expect(shares.length).toBeGreaterThan(2);
    expect(shares.at(-1)).toBe(1);
    const controller = new AbortController();
    const stopped = history.report(order, { signal: controller.signal });
    controller.abort();
    expect(await settled(stopped)).toMatchObject({ code: "station.aborted" });
    expect((await history.counts({})).runs).toBe(9000);
    await history.close();
  });

  it("names a database that is not there", async () => {
    const missing = readReport(temp.path("none.db"), { filter: ALL, zone: "UTC" });
    expect(await failureOf(missing)).toMatchObject({ code: "audit.missing" });
  });
});

describe("a report's order", () => {
  it("refuses zones and fields that nobody knows", () => {
    expect(ReportOrderSchema.safeParse({ filter: { mode: "both" }, zone: "Mars/Base" }).success).toBe(false);
    expect(ReportOrderSchema.safeParse({ filter: { mode: "all" }, zone: "UTC" }).success).toBe(false);
    expect(ReportOrderSchema.safeParse({ filter: { mode: "both", sql: "1" }, zone: "UTC" }).success).toBe(false);
  });
});

describe("the plans of a report's queries", () => {
  const db = new Database(":memory:");
  migrate(db);
  const plan = (sql: string, values: readonly string[]): string =>
    db
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map(({ detail }) => detail)
      .join("\n");

  it.each<Partial<ReportFilter>>([
    {},
    { recipe: "x" },
    { operator: "x" },
    { outcome: "FAIL" },
    { fixture: "x", slot: slot(1) },
  ])("walk through an index by time for %j", (filter) => {
    const where = within(reportWhere({ mode: "production", ...filter }), { from: "a", to: "b", open: true });
    for (const sql of [edgeQuery(where, "ASC"), groupQuery(where), timesQuery(where), unitsQuery(where)]) {
      const steps = plan(sql, where.values);
      expect(steps).toMatch(/SEARCH run USING (COVERING )?INDEX run_by_\w+ \(.*started_at>\? AND started_at<\?\)/);
      expect(steps).not.toMatch(/SCAN run\b/);
    }
  });
});
