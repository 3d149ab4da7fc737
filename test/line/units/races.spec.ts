import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seconds } from "../../../src/core/duration.ts";
import { NatsServer } from "../../fakes/line/nats-server.ts";
import { TcpRelay } from "../../fakes/line/tcp-relay.ts";
import { LineStation, unitOf, type Asked } from "./line-station.ts";

const RACES = 1000;
const AT_ONCE = 25;
const LEASE = 3;

describe("two stations and a real server", () => {
  let server: NatsServer;
  let relay: TcpRelay;
  let a: LineStation;
  let b: LineStation;

  beforeAll(async () => {
    server = await NatsServer.start();
    relay = await TcpRelay.start(server.port);
    a = new LineStation(1, [relay.url], { leaseSeconds: LEASE }, { connectSeconds: 1, requestSeconds: 2 });
    b = new LineStation(2, [server.url], { leaseSeconds: LEASE }, { connectSeconds: 1, requestSeconds: 2 });
    await b.setUp(seconds(LEASE));
  });
  afterAll(async () => {
    await Promise.all([a.close(), b.close()]);
    await relay.stop();
    await server.stop();
  });

  /** Both ask for a unit at once; whoever has it ends its run, and then the other one can have it. */
  async function race(number: number): Promise<"a" | "b" | "both" | "neither"> {
    const uuid = unitOf(number);
    const both = [a, b] as const;
    const asked = await Promise.all(both.map((station) => station.ask(uuid)));
    const [first, second] = asked;
    if (first?.hold !== undefined && second?.hold !== undefined) return "both";
    const winner = first?.hold === undefined ? 1 : 0;
    const [won, lost] = [asked[winner], asked[1 - winner]];
    if (won?.hold === undefined || lost === undefined) return "neither";
    expect(lost.refusal).toMatchObject({ code: "line.unit-elsewhere", facts: { run: won.run } });
    both[winner].end(won, number % 2 === 0 ? "PASS" : "FAIL");
    await expect.poll(async () => free(both[1 - winner] ?? b, number), { timeout: 5000 }).toBe(true);
    return winner === 0 ? "a" : "b";
  }

  async function free(station: LineStation, number: number): Promise<boolean> {
    const asked = await station.ask(unitOf(number));
    station.end(asked, "FAIL");
    return asked.hold !== undefined;
  }

  it(`race ${RACES} times for one unit, and never both have it, and never neither`, { timeout: 120_000 }, async () => {
    const winners = new Map<string, number>();
    for (let from = 0; from < RACES; from += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, RACES - from) }, (_, index) => from + index);
      for (const winner of await Promise.all(numbers.map(race))) winners.set(winner, (winners.get(winner) ?? 0) + 1);
    }
    expect([...winners.keys()].filter((winner) => winner !== "a" && winner !== "b")).toEqual([]);
    expect((winners.get("a") ?? 0) + (winners.get("b") ?? 0)).toBe(RACES);
  });

  it("race for the unit of one that was killed: nobody has it before the lease is over, one has it after", async () => {
    const dead = new LineStation(3, [server.url], { leaseSeconds: LEASE });
    const units = Array.from({ length: 10 }, (_, index) => unitOf(10_000 + index));
    const held = await Promise.all(units.map((uuid) => dead.ask(uuid)));
    expect(held.every(({ hold }) => hold !== undefined)).toBe(true);
    const since = performance.now();
    await dead.die();
    const got = await Promise.all(
      units.map(async (uuid) => {
        for (;;) {
          const asked = await Promise.all([a.ask(uuid), b.ask(uuid)]);
          const holders = asked.filter(({ hold }) => hold !== undefined);
          if (holders.length > 0) {
            asked.forEach((each, index) => [a, b][index]?.end(each, "FAIL"));
            return { holders: holders.length, after: performance.now() - since };
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }),
    );
    expect(got.every(({ holders }) => holders === 1)).toBe(true);
    expect(Math.min(...got.map(({ after }) => after))).toBeGreaterThan(LEASE * 1000 - 500);
    expect(Math.max(...got.map(({ after }) => after))).toBeLessThan(LEASE * 1000 + 1500);
    await dead.close();
  }, 20_000);

  it("a station that is cut off lets its unit go before the other one can have it", async () => {
    const uuid = unitOf(20_000);
    const mine = await a.ask(uuid);
    expect(mine.hold).toBeDefined();
    relay.cut();
    const cutAt = performance.now();
    let theirs: Asked = await b.ask(uuid);
    while (theirs.hold === undefined && performance.now() - cutAt < 10_000) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      theirs = await b.ask(uuid);
    }
    const gotAt = performance.now();
    expect(theirs.hold).toBeDefined();
    expect(mine.told.map(({ code, how }) => [code, how])).toEqual([
      ["line.lease-late", "stop"],
      ["line.lease-late", "cut"],
    ]);
    expect(mine.told.at(-1)?.at).toBeLessThan(gotAt);
    expect(gotAt - cutAt).toBeLessThan((LEASE + 2) * 1000);
    relay.mend();
    a.end(mine, "FAIL");
    await expect.poll(async () => (await a.ask(uuid)).refusal?.code, { timeout: 15_000 }).toBe("line.unit-elsewhere");
    b.end(theirs, "PASS");
    await expect.poll(async () => (await a.ask(uuid, false)).refusal?.code).toBe("line.passed-before");
  }, 40_000);

  it("keep their units while the server starts anew", async () => {
    const asked = await Promise.all([a.ask(unitOf(30_001)), b.ask(unitOf(30_002))]);
    await server.restart();
    await new Promise((resolve) => setTimeout(resolve, LEASE * 1500));
    expect(asked.map(({ told }) => told)).toEqual([[], []]);
    expect((await a.ask(unitOf(30_002))).refusal?.code).toBe("line.unit-elsewhere");
    asked.forEach((each, index) => [a, b][index]?.end(each, "FAIL"));
  }, 20_000);
});
