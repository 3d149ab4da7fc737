import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seconds } from "../../../src/core/duration.ts";
import { NatsCluster } from "../../fakes/line/nats-cluster.ts";
import { LineStation, unitOf } from "./line-station.ts";

const LEASE = 30;
const LEASES = "KV_STATION_LEASES";
const RACES = process.env["STATION_TEST"] === "long" ? 1000 : 150;

describe("two stations and a cluster of three servers", () => {
  let cluster: NatsCluster;
  let a: LineStation;
  let b: LineStation;

  beforeAll(async () => {
    cluster = await NatsCluster.start();
    a = new LineStation(1, cluster.urls, { leaseSeconds: LEASE });
    b = new LineStation(2, [...cluster.urls].reverse(), { leaseSeconds: LEASE });
    await a.setUp(seconds(LEASE), 3);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([a.close(), b.close()]);
    await cluster.stop();
  }, 60_000);

  /** How many of the two have the unit when both ask at once; whoever has it lets it go. */
  async function race(number: number): Promise<number> {
    const both = [a, b] as const;
    const asked = await Promise.all(both.map((station) => station.ask(unitOf(number))));
    for (const [index, each] of asked.entries()) both[index]?.end(each, "FAIL");
    return asked.filter(({ hold }) => hold !== undefined).length;
  }

  it("race for units while the leader is killed: never do both have one", { timeout: 120_000 }, async () => {
    const counts: number[] = [];
    const leader = await cluster.leaderOf(LEASES);
    for (let number = 0; number < RACES; number += 10) {
      if (number === RACES - 100) await leader.kill();
      counts.push(...(await Promise.all(Array.from({ length: 10 }, (_, index) => race(number + index)))));
    }
    expect(Math.max(...counts)).toBe(1);
    // Some of them waited for the next leader, and no longer than their limit.
    expect(counts.filter((count) => count === 1).length).toBeGreaterThan(RACES - 50);
    await leader.restart();
    await cluster.settled();
  });

  it("keep their units while the leader is killed, and nobody else gets them", { timeout: 90_000 }, async () => {
    const units = Array.from({ length: 16 }, (_, index) => unitOf(5000 + index));
    await expect.poll(async () => (await race(4999)) === 1, { timeout: 30_000 }).toBe(true);
    const held = await Promise.all(units.map((uuid) => a.ask(uuid)));
    expect(held.filter(({ hold }) => hold === undefined)).toEqual([]);
    const leader = await cluster.leaderOf(LEASES);
    await leader.kill();
    const since = performance.now();
    while (performance.now() - since < 12_000) {
      const asked = await Promise.all(units.map((uuid) => b.ask(uuid)));
      expect(asked.filter(({ hold }) => hold !== undefined)).toEqual([]);
    }
    expect(held.flatMap(({ told }) => told)).toEqual([]);
    for (const each of held) a.end(each, "PASS");
    const codes = async (): Promise<ReadonlySet<string | undefined>> => {
      const asked = await Promise.all(units.map((uuid) => b.ask(uuid, false)));
      return new Set(asked.map(({ refusal }) => refusal?.code));
    };
    await expect.poll(codes, { timeout: 20_000 }).toEqual(new Set(["line.passed-before"]));
    await leader.restart();
  });
});
