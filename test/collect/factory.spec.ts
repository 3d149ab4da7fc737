import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EVENTS } from "../../src/line/names.ts";
import { lastJson, type Ended } from "../cli/station-process.ts";
import { until } from "../faults/support/until.ts";
import { Factory, REQUEST_LIMIT } from "./factory-rig.ts";

/** `npm run test:long` gives each of the four stations 64 units. */
const IS_LONG = process.env["STATION_TEST"] === "long";
const UNITS = IS_LONG ? 64 : 4;
const STATIONS = 4;
/** Against hangs alone, ms. */
const LIMIT = IS_LONG ? 1_800_000 : 300_000;
/** What the station itself may add to the line's limit on a busy machine, ms. */
const GRACE = 2000;

describe(`three servers, ${STATIONS} stations, ${UNITS} units each`, () => {
  let factory: Factory;
  let trays: readonly Ended[] = [];
  let last: Ended;

  beforeAll(async () => {
    factory = await Factory.start(STATIONS, UNITS);
    factory.startCollector();
    const running = factory.runTrays();
    let isOver = false;
    const over = (): void => void (isOver = true);
    running.then(over, over);
    await until("the collector has taken the first events", async () => (await factory.collected()) > 40, LIMIT);
    const leader = await factory.cluster.leaderOf(EVENTS.stream);
    await leader.kill();
    await factory.killCollector();
    factory.startCollector();
    const before = await factory.collected();
    // Trays that are over already send the rest when they are told to, below.
    await until("it goes on", async () => isOver || (await factory.collected()) > before, LIMIT);
    await leader.restart();
    await factory.cluster.settled();
    const second = factory.cluster.nodes.find((node) => node !== leader);
    await second?.kill();
    await factory.killCollector();
    factory.startCollector();
    trays = await running;
    await second?.restart();
    await factory.cluster.settled();
    await factory.sync();
    await factory.killCollector();
    last = await factory.collectOnce();
  }, LIMIT);

  afterAll(() => factory.stop());

  it("every unit passes, whatever becomes of the line", () => {
    for (const ended of trays) expect(lastJson(ended)).toMatchObject({ units: UNITS, pass: UNITS });
  });

  it("every event of every station is in PostgreSQL exactly once", async () => {
    const recorded = factory.recorded();
    const sql = await factory.central();
    try {
      const rows = await sql.all("SELECT station, position, run, seq, hash FROM event");
      const text = (cells: readonly unknown[]): string => cells.join(" ");
      expect(rows.map(text).toSorted()).toEqual(recorded.map(text).toSorted());
      expect(rows.length).toBeGreaterThan(STATIONS * UNITS * 20);
      const outcomes = await sql.all("SELECT outcome, count(*), count(DISTINCT uuid) FROM run GROUP BY outcome");
      expect(outcomes).toEqual([["PASS", STATIONS * UNITS, STATIONS * UNITS]]);
    } finally {
      await sql.close();
    }
  });

  it("every chain verifies, and nothing was found", async () => {
    expect(last.code).toBe(0);
    const verified = await factory.collectCommand("--verify");
    expect(verified.code).toBe(0);
    const { stations } = lastJson(verified) as { stations: readonly unknown[] };
    expect(stations).toHaveLength(STATIONS);
    const status = await factory.collectCommand("--status");
    expect(status.code).toBe(0);
    expect(status.stdout).not.toContain('"kind":"gap"');
  });

  it("no run waited for the line longer than its limit", () => {
    const waits = factory.admissions();
    expect(waits.length).toBeGreaterThanOrEqual(STATIONS * UNITS);
    expect(Math.max(...waits)).toBeLessThan(REQUEST_LIMIT * 1000 + GRACE);
  });
});
