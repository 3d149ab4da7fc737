import process from "node:process";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { seededRandom } from "../fakes/lossy-channel.ts";
import { runsOf } from "./support/audit-file.ts";
import { drawTrouble, LongLine, type Holdings } from "./support/long-line.ts";

/** `npm run test:long` makes them 5,000 and may choose another seed. */
const RUNS = Number(process.env["STATION_RUNS"] ?? "200");
const SEED = Number(process.env["STATION_SEED"] ?? "6");
const SLOTS = 12;
/** Parts of the long run; between them the station is closed and opened, and what it holds is looked at. */
const PARTS = RUNS < 1000 ? 2 : 10;
/** Against hangs alone. */
const LIMIT = 7_200_000;

describe(`${RUNS} runs with faults of all sorts`, () => {
  let line: LongLine;
  const holdings: Holdings[] = [];

  beforeAll(async () => {
    line = await LongLine.start(SLOTS);
    const random = seededRandom(SEED);
    for (let part = 0; part < PARTS; part++) {
      await line.run(Math.floor((RUNS * (part + 1)) / PARTS) - Math.floor((RUNS * part) / PARTS), () =>
        drawTrouble(random),
      );
      holdings.push(line.holdings());
      await line.restart();
    }
    await line.close();
  }, LIMIT);
  afterAll(() => line.remove());

  it("are each in the record with the end that was told, and nothing else is", () => {
    const count = (ends: readonly { readonly outcome: string | null; readonly code: string | null }[]) => {
      const all = new Map<string, number>();
      for (const { outcome, code } of ends) all.set(`${outcome} ${code}`, (all.get(`${outcome} ${code}`) ?? 0) + 1);
      return Object.fromEntries([...all].toSorted());
    };
    expect(line.told).toHaveLength(RUNS);
    expect(count(runsOf(line.audit))).toEqual(count(line.told));
  });

  it("have events without gaps, from the first to the last", () => {
    const db = new Database(line.audit, { readonly: true });
    const rows = db
      .prepare(
        `SELECT count(*) AS events, min(seq) AS first, max(seq) AS last, sum(type = 'run.started') AS starts,
           sum(type = 'run.finished') AS ends FROM event WHERE run IS NOT NULL GROUP BY run`,
      )
      .all() as {
      readonly events: number;
      readonly first: number;
      readonly last: number;
      starts: number;
      ends: number;
    }[];
    db.close();
    expect(rows).toHaveLength(RUNS);
    expect(
      rows.filter(
        ({ first, last, events, starts, ends }) => first !== 0 || last !== events - 1 || starts !== 1 || ends !== 1,
      ),
    ).toEqual([]);
  });

  it("pass where nothing went wrong, and end as stopped where they were", () => {
    const of = (kind: string) => line.told.filter(({ trouble }) => trouble.kind === kind);
    expect(of("none").filter(({ outcome }) => outcome !== "PASS")).toEqual([]);
    expect(of("abort").filter(({ outcome }) => outcome !== "ABORTED")).toEqual([]);
    expect(of("service").filter(({ outcome }) => outcome !== "ERROR")).toEqual([]);
  });

  it("leave a chain that verifies", async () => {
    expect(await verifyDatabase(line.audit)).toMatchObject({ ok: true, runs: RUNS });
  });

  it("leave memory and descriptors as they were", () => {
    const [first, last] = [holdings[0]!, holdings.at(-1)!];
    const ratios = {
      memory: last.memory / first.memory,
      descriptors: last.descriptors / Math.max(1, first.descriptors),
    };
    const [memory, descriptors] = [ratios.memory, ratios.descriptors].map((ratio) => ratio.toFixed(2));
    process.stdout.write(
      `${RUNS} runs: memory x${memory}, file descriptors x${descriptors} of those after the first part\n`,
    );
    // Against leaks alone: a run that kept anything would show a hundredfold.
    expect(ratios.memory).toBeLessThan(3);
    expect(ratios.descriptors).toBeLessThan(2);
  });
});
