import fc from "fast-check";
import { expect, it } from "vitest";
import { readReport } from "../../../src/audit/read-report.ts";
import { centralCounts, centralRun, centralRuns, centralStations } from "../../../src/collect/read/central-history.ts";
import { readCentralReport } from "../../../src/collect/read/central-report.ts";
import type { Sql } from "../../../src/collect/sql.ts";
import { RunPageSchema } from "../../../src/contract/desktop-history.ts";
import { LineStationSchema } from "../../../src/contract/desktop-line.ts";
import { ReportSchema, type Report, type ReportFilter } from "../../../src/contract/report.ts";
import type { RunId, SlotId } from "../../../src/core/ids.ts";
import { databaseOf } from "../../audit/report-samples.ts";
import { failureOf, runId } from "../../audit/samples.ts";
import { fillCentral, stationId, type LineRun } from "./central-samples.ts";

const ALL: ReportFilter = { mode: "both" };
const slot = (name: number): SlotId => String(name) as SlotId;
const minute = (count: number): string => new Date(Date.UTC(2026, 2, 2, 6) + count * 60_000).toISOString();

/** What reading a central database rests on. */
export type ReadingRig = {
  /** An empty central database that may be written. */
  readonly empty: () => Promise<Sql>;
  /** A path for a station's own database, which the line's figures are compared with. */
  readonly file: () => string;
};

/** What every engine must read. */
export function readsTheLine({ empty, file }: ReadingRig): void {
  async function reportOf(runs: readonly LineRun[], filter = ALL, zone = "UTC"): Promise<Report> {
    const sql = await empty();
    await fillCentral(sql, runs);
    const report = await readCentralReport(sql, { filter, zone });
    expect(ReportSchema.safeParse(report).error).toBeUndefined();
    return report;
  }

  it("says that there is nothing where nothing was collected", async () => {
    const report = await reportOf([]);
    expect(report).toMatchObject({ runs: { runs: 0 }, hours: 0, buckets: [], line: { stations: [], shared: [] } });
    expect(report.range).toBeUndefined();
  });

  it("pages through the runs of all stations, newest first, each with its station's name", async () => {
    const sql = await empty();
    const records = await fillCentral(
      sql,
      Array.from({ length: 25 }, (_, index): LineRun => ({ startedAt: minute(index), by: (index % 3) + 1 })),
    );
    const first = await centralRuns(sql, { filter: {}, limit: 10 });
    expect(RunPageSchema.safeParse(first).error).toBeUndefined();
    const second = await centralRuns(sql, { filter: {}, limit: 10, after: first.next! });
    const third = await centralRuns(sql, { filter: {}, limit: 10, skip: 20 });
    expect([...first.runs, ...second.runs, ...third.runs].map(({ id }) => id)).toEqual(
      records.toReversed().map(({ id }) => id),
    );
    expect(third.next).toBeUndefined();
    expect(first.runs[0]).toMatchObject({ id: records[24]!.id, station: stationId(1), stationName: "bench-1" });
    expect(await centralCounts(sql, { station: stationId(2) })).toMatchObject({ runs: 8, pass: 8, units: 8 });
    const found = await centralRuns(sql, { filter: { unitStart: records[3]!.uuid! }, limit: 10 });
    expect(found.runs.map(({ id }) => id)).toEqual([records[3]!.id]);
  });

  it("tells one run with its events, and that there is none", async () => {
    const sql = await empty();
    const [record] = await fillCentral(sql, [{ startedAt: minute(0) }]);
    expect(await centralRun(sql, record!.id)).toMatchObject({ run: { id: record!.id }, events: [] });
    expect(await centralRun(sql, runId(77))).toBeUndefined();
    expect(await centralRun(sql, "'; DROP TABLE run; --" as RunId)).toBeUndefined();
    expect((await centralCounts(sql, {})).runs).toBe(1);
  });

  it("tells what is known of each station's chain", async () => {
    const sql = await empty();
    await fillCentral(sql, [
      { startedAt: minute(0), by: 1 },
      { startedAt: minute(0), by: 2 },
    ]);
    const stations = await centralStations(sql);
    for (const station of stations) expect(LineStationSchema.safeParse(station).error).toBeUndefined();
    expect(stations).toMatchObject([
      { id: stationId(1), name: "bench-1", events: 23, chain: { ok: true, upTo: 17 } },
      { name: "bench-2", chain: { ok: false, position: 18, kind: "gap", what: "positions 18 to 20 are missing" } },
    ]);
  });

  it("tells stations apart, and names what failed on several of them", async () => {
    const failing = (by: number, code: string, count: number): LineRun[] =>
      Array.from({ length: count }, (_, index) => ({ startedAt: minute(index), by, outcome: "FAIL", code }));
    const { line, slots } = await reportOf([
      ...failing(1, "at.silent", 3),
      ...failing(2, "at.silent", 5),
      ...failing(3, "at.silent", 1),
      ...failing(3, "run.wrong-firmware", 4),
      ...failing(1, "link.lost", 1),
      ...failing(2, "link.lost", 1),
      { startedAt: minute(9), by: 1 },
    ]);
    expect(line?.stations).toMatchObject([
      { id: stationId(2), name: "bench-2", runs: 6, pass: 0, fail: 6 },
      { id: stationId(1), name: "bench-1", runs: 5, pass: 1, fail: 4 },
      { id: stationId(3), name: "bench-3", runs: 5 },
    ]);
    expect(line?.shared).toMatchObject([
      {
        code: "at.silent",
        stations: [
          { id: stationId(2), fail: 5 },
          { id: stationId(1), fail: 3 },
          { id: stationId(3), fail: 1 },
        ],
      },
      { code: "link.lost", stations: [{ id: stationId(1) }, { id: stationId(2) }] },
    ]);
    expect(slots.map(({ station }) => station)).toEqual([stationId(1), stationId(2), stationId(3)]);
  });

  it("stops when it is cancelled, and tells how far it is", async () => {
    const sql = await empty();
    await fillCentral(
      sql,
      Array.from({ length: 6 }, (_, index): LineRun => ({ startedAt: minute(index * 1500) })),
    );
    const order = { filter: ALL, zone: "UTC" };
    const shares: number[] = [];
    const progress = ({ done, total }: { readonly done: number; readonly total: number }): void =>
      void shares.push(done / total);
    expect((await readCentralReport(sql, order, { progress })).hours).toBe(6);
    expect(shares.length).toBeGreaterThan(4);
    expect(shares.at(-1)).toBe(1);
    const stopped = await failureOf(readCentralReport(sql, order, { signal: AbortSignal.abort() }));
    expect(stopped).toBeDefined();
    expect((await readCentralReport(sql, order)).runs.runs).toBe(6);
  });

  it("agrees with the report of one station that has all the runs, whatever the runs and the filter", async () => {
    const run = fc.record({
      startedAt: fc.integer({ min: 0, max: 4000 }).map((count) => minute(count)),
      by: fc.integer({ min: 1, max: 3 }),
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
        mode: fc.constantFrom("production" as const, "training" as const, "both" as const),
        operator: fc.constantFrom("Ada", "Bob"),
        slot: fc.constantFrom(slot(1), slot(2)),
        fixture: fc.constantFrom("A", "B"),
        from: fc.integer({ min: 0, max: 3000 }).map((count) => minute(count)),
        to: fc.integer({ min: 3000, max: 4000 }).map((count) => minute(count)),
      },
      { requiredKeys: ["mode"] },
    );
    const zone = fc.constantFrom("UTC", "Asia/Kathmandu", "America/New_York");
    await fc.assert(
      fc.asyncProperty(fc.array(run, { maxLength: 20 }), filter, zone, async (runs, some, name) => {
        const { line, slots, ...ofLine } = await reportOf(runs, some, name);
        const own = file();
        databaseOf(own, runs);
        const { slots: _slots, ...ofStation } = await readReport(own, { filter: some, zone: name });
        expect(ofLine).toEqual(ofStation);
        const sum = (lists: readonly { readonly runs: number }[]): number =>
          lists.reduce((all, { runs: more }) => all + more, 0);
        expect([sum(line?.stations ?? []), sum(slots)]).toEqual([ofLine.runs.runs, ofLine.runs.runs]);
      }),
      { numRuns: 10 },
    );
  });
}
