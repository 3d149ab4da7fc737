import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { History, pageQuery } from "../../src/audit/history.ts";
import { migrate } from "../../src/audit/migrate.ts";
import type { RunCursor, RunRecord } from "../../src/contract/history.ts";
import type { RunFilter } from "../../src/contract/station-request.ts";
import { at, batchId, batchStart, event, failureOf, finished, identified, runId, uuidOf, wholeRun } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

describe("History", () => {
  let temp: TempAudit;
  let history: History;
  beforeAll(async () => {
    temp = await TempAudit.make();
    const { store } = await temp.open();
    const outcomes = [
      ["PASS"],
      ["FAIL", "at.timeout"],
      ["ERROR", "link.lost"],
      ["ABORTED", "station.aborted"],
    ] as const;
    for (let batch = 1; batch <= 5; batch++) {
      const first = (batch - 1) * 4 + 1;
      const operator = batch % 2 === 0 ? "Ada" : "Bob";
      await store.startBatch(
        batchStart(batch, { first, slots: 4, operator, recipe: `Tracker ${batch % 2}`, time: batch * 1000 }),
      );
      for (const [index, [outcome, code]] of outcomes.entries())
        for (const each of wholeRun(first + index, outcome, code, String(index + 1), batch * 1000))
          await store.append(each);
      await store.finishBatch(batchId(batch), at(batch * 1000 + 50), 1);
    }
    await store.startBatch(batchStart(6, { first: 21, slots: 2, time: 6000 }));
    await store.append(event(21, 1, identified(2)));
    await store.append(event(21, 2, finished()));
    history = new History(temp.file);
  });
  afterAll(async () => {
    history.close();
    await temp.dispose();
  });

  const all = (filter: RunFilter): readonly RunRecord[] => history.runs({ filter, limit: 1000 }).runs;
  const numbers = (filter: RunFilter): number[] => all(filter).map((run) => Number(run.id.slice(-2)));

  it("knows every content that runs were recorded with under a recipe's name", () => {
    const contents = history.recipeContents("Tracker 1");
    expect(contents).toEqual([...new Set(all({ recipe: "Tracker 1" }).map(({ recipeSha256 }) => recipeSha256))]);
    expect(contents).toHaveLength(1);
    expect(history.recipeContents("Tracker 9")).toEqual([]);
    expect(history.recipeContents("'; DROP TABLE run; --")).toEqual([]);
  });

  it("gives all runs newest first, each as its row tells", () => {
    expect(all({})).toHaveLength(22);
    expect(all({})[20]).toEqual({
      ...{ id: runId(2), batch: batchId(1), slot: "2", uuid: uuidOf(2), imei: "350000000000002", boardSerial: "SN-2" },
      ...{ outcome: "FAIL", code: "at.timeout", startedAt: at(1000), finishedAt: at(1004), recipe: "Tracker 1" },
      ...{ recipeSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, operator: "Bob" },
      ...{
        station: expect.any(String) as string,
        link: "serial:/dev/ttyUSB1",
        model: null,
        firmware: "mfw_nrf91x1_2.0.2",
      },
      ...{
        hardware: null,
        iccid: null,
        release: "restored",
        elapsedMs: 4200,
        again: false,
        training: false,
        purpose: "provision",
      },
    });
    expect(all({})[0]).toMatchObject({ id: runId(22), outcome: null, finishedAt: null });
  });

  it.each<[RunFilter, number[]]>([
    [{ batch: batchId(2) }, [8, 7, 6, 5]],
    [{ outcome: "FAIL" }, [18, 14, 10, 6, 2]],
    [{ code: "link.lost" }, [19, 15, 11, 7, 3]],
    [{ operator: "Ada" }, [16, 15, 14, 13, 8, 7, 6, 5]],
    [{ recipe: "Tracker 0", outcome: "PASS" }, [13, 5]],
    [{ unit: uuidOf(2) }, [21, 2]],
    [{ unit: uuidOf(2).toUpperCase() }, [21, 2]],
    [{ unit: "350000000000003" }, [3]],
    [{ unit: "SN-4" }, [4]],
    [{ unit: "SN" }, []],
    [{ from: at(5000), outcome: "PASS" }, [21, 17]],
    [{ to: at(1000) }, [4, 3, 2, 1]],
    [{ from: at(2000), to: at(2000) }, [8, 7, 6, 5]],
    [{ operator: "' OR 1 --" }, []],
  ])("filters by %j", (filter, expected) => {
    expect(numbers(filter)).toEqual(expected);
  });

  it("gives every run once, page by page, while new runs arrive at the top", async () => {
    const seen: string[] = [];
    let after: RunCursor | undefined;
    do {
      const page = history.runs({ filter: { to: at(5999) }, limit: 7, ...(after === undefined ? {} : { after }) });
      seen.push(...page.runs.map((run) => run.id));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toHaveLength(20);
    expect(new Set(seen).size).toBe(20);
  });

  it("gives one run with its events in order, and undefined for an unknown one", () => {
    const found = history.run(runId(1));
    expect(found?.events.map((each) => each.type)).toEqual([
      ...["run.started", "unit.identified", "command.announced", "command.concluded", "run.finished"],
    ]);
    expect(found?.run.outcome).toBe("PASS");
    expect(history.run(runId(99))).toBeUndefined();
  });

  it("counts outcomes, units, and units that passed at first", () => {
    expect(history.counts({})).toEqual({
      ...{ runs: 22, pass: 6, fail: 5, error: 5, aborted: 5, running: 1 },
      ...{ units: 20, unitsPassed: 6, unitsPassedFirst: 5 },
    });
    expect(history.counts({ operator: "nobody" })).toEqual({
      ...{ runs: 0, pass: 0, fail: 0, error: 0, aborted: 0, running: 0, units: 0, unitsPassed: 0, unitsPassedFirst: 0 },
    });
  });

  it("names a database that is not there", async () => {
    expect(await failureOf(() => new History(temp.path("absent.db")))).toMatchObject({ code: "audit.missing" });
  });

  it("cannot write", () => {
    expect(() => temp.tamper("DELETE FROM run", { triggers: true })).toThrow();
  });
});

describe("the plan of a page of runs", () => {
  const db = new Database(":memory:");
  migrate(db);
  const after = { startedAt: at(1), id: runId(1) };
  const plan = (filter: RunFilter): string => {
    const { sql, values } = pageQuery(filter, after);
    const steps = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...values, 100);
    return steps.map((step) => step.detail).join("\n");
  };

  it.each<[RunFilter, string]>([
    [{}, "run_by_start"],
    [{ from: at(0) }, "run_by_start"],
    [{ from: at(0), to: at(9) }, "run_by_start"],
    [{ batch: batchId(1) }, "run_by_batch"],
    [{ recipe: "x" }, "run_by_recipe"],
    [{ outcome: "FAIL" }, "run_by_outcome"],
    [{ outcome: "FAIL", from: at(0) }, "run_by_outcome"],
    [{ code: "x" }, "run_by_code"],
    [{ operator: "x" }, "run_by_operator"],
  ])("uses an index that is in order for %j", (filter, index) => {
    expect(plan(filter)).toContain(`USING INDEX ${index}`);
    expect(plan(filter)).not.toContain("TEMP B-TREE");
    expect(plan(filter)).not.toMatch(/SCAN run$/m);
  });

  it("finds a unit by its three names through their indexes", () => {
    const steps = plan({ unit: "x" });
    for (const index of ["run_by_uuid", "run_by_imei", "run_by_board_serial"]) expect(steps).toContain(index);
    expect(steps).toContain("SEARCH run USING INDEX sqlite_autoindex_run_1 (id=?)");
  });

  it("finds open runs, the newest PASS, the newest head and a run's events through indexes", () => {
    const of = (sql: string): string =>
      db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map((step) => step.detail)
        .join();
    expect(of("SELECT id FROM run WHERE outcome IS NULL ORDER BY id")).toContain(
      "SEARCH run USING COVERING INDEX run_by_outcome",
    );
    expect(of("SELECT id FROM run WHERE uuid = 'x' AND outcome = 'PASS' ORDER BY finished_at DESC LIMIT 1")).toContain(
      "run_by_uuid",
    );
    expect(of("SELECT body FROM event WHERE type = 'chain.head' ORDER BY position DESC LIMIT 1")).toContain(
      "event_head",
    );
    expect(of("SELECT body FROM event WHERE run = 'x' AND seq = 1")).toContain("event_by_run");
    expect(of("SELECT body FROM event WHERE run = 'x' ORDER BY seq")).toContain("event_by_run");
    expect(of("SELECT max(position) FROM event")).not.toContain("SCAN");
  });
});
