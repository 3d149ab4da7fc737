import { spawn } from "node:child_process";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { seconds } from "../../../src/core/duration.ts";
import { verifyFile } from "../../../src/audit/verify-file.ts";
import { EVENTS, RESULTS, resultSubject } from "../../../src/line/names.ts";
import { TempAudit } from "../../audit/temp-audit.ts";
import { NatsCluster } from "../../fakes/line/nats-cluster.ts";
import { NatsServer } from "../../fakes/line/nats-server.ts";
import { readSubject } from "../../fakes/line/read-stream.ts";
import { lineSettings } from "../../fakes/line/test-line.ts";
import { EVENTS_A_RUN, expectWhole, send, sendAll, setUp, StationOnLine } from "./drain-rig.ts";

/** `npm run test:long` records all thousand runs while the line is away; `npm test` a part of them. */
const RUNS = process.env["STATION_TEST"] === "long" ? 1000 : 100;
const KILLS = process.env["STATION_TEST"] === "long" ? 20 : 2;
const CHILD = join(import.meta.dirname, "../../fakes/line/drain-child.ts");

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let temp: TempAudit;
beforeEach(async () => {
  temp = await TempAudit.make();
});
afterEach(async () => temp.dispose());

describe("a single server", () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await NatsServer.start();
    await setUp([server.url]);
  });
  afterAll(async () => server.stop());

  it(`is away for ${RUNS} runs: all are sent afterwards, in order and once, and memory stays flat`, async () => {
    const station = await StationOnLine.open(temp);
    await server.kill();
    const sending = send(station, lineSettings([server.url]));
    try {
      await station.record(RUNS);
      expect(sending.drain.status).toMatchObject({ state: "away", waiting: 2 + RUNS * EVENTS_A_RUN });
      const before = heap();
      const samples: number[] = [];
      let told = 0;
      sending.drain.subscribe(() => {
        if (++told % 5 === 0) samples.push(heap() - before);
      });
      await server.restart();
      expect(await sending.drain.finish(seconds(150))).toBe(true);
      // What a page of events takes on its way, not what thousands do.
      expect(samples.length).toBeGreaterThan(0);
      expect(Math.max(...samples)).toBeLessThan(4e6);
    } finally {
      await sending.close();
    }
    await expectWhole(server.url, station);
    const results = await readSubject(server.url, RESULTS.stream, resultSubject(station.store.stationId));
    expect(results.length).toBe(RUNS);
  });

  it(`sees its station killed ${KILLS} times in the middle of sending: nothing is missing, doubled or out of order`, async () => {
    for (let kill = 0; kill < KILLS; kill++) await runAndKill(temp.file, server.url, 3 + kill * 5);
    const station = await StationOnLine.open(temp);
    expect(station.outbox.size).toBeGreaterThan(0);
    await sendAll(station, lineSettings([server.url]));
    const events = await expectWhole(server.url, station);
    expect(events.length).toBeGreaterThan(KILLS * EVENTS_A_RUN);
    const ends = events.filter(({ type }) => type === "run.finished").length;
    const results = await readSubject(server.url, RESULTS.stream, resultSubject(station.store.stationId));
    expect(results.length).toBe(ends);
    await station.store.close();
    expect(await verifyFile(temp.file)).toMatchObject({ ok: true });
  });

  it("stands still while it is asked: the station gives up on it, runs go on, and everything comes later", async () => {
    const station = await StationOnLine.open(temp);
    const sending = send(station, lineSettings([server.url], { limits: { connectSeconds: 0.5, requestSeconds: 0.5 } }));
    try {
      await station.record(2);
      expect(await sending.drain.finish(seconds(20))).toBe(true);
      server.pause();
      await station.record(5);
      expect(await sending.drain.finish(seconds(2))).toBe(false);
      expect(sending.drain.status).toMatchObject({ state: "away", why: { code: "line.away" } });
      server.resume();
      expect(await sending.drain.finish(seconds(30))).toBe(true);
    } finally {
      server.resume();
      await sending.close();
    }
    await expectWhole(server.url, station);
  });
});

it("a cluster whose leader is killed, and then another server, takes every event once and in order", async () => {
  const cluster = await NatsCluster.start();
  try {
    await setUp(cluster.urls, 3);
    const station = await StationOnLine.open(temp);
    const sending = send(station, lineSettings(cluster.urls, { limits: { connectSeconds: 1, requestSeconds: 1 } }));
    try {
      const recorded = station.record(120);
      await sentAtLeast(sending, station, 100);
      const leader = await cluster.leaderOf(EVENTS.stream);
      await leader.kill();
      await sentAtLeast(sending, station, 400);
      await leader.restart();
      await cluster.settled();
      const second = cluster.nodes.find((node) => node !== leader);
      await second?.kill();
      await recorded;
      expect(await sending.drain.finish(seconds(90))).toBe(true);
      await second?.restart();
    } finally {
      await sending.close();
    }
    await cluster.settled();
    await expectWhole(cluster.urls[0] ?? "", station);
  } finally {
    await cluster.stop();
  }
});

/** What is in use once everything that nobody holds is collected, bytes. */
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

async function sentAtLeast(
  { drain }: ReturnType<typeof send>,
  { outbox }: StationOnLine,
  count: number,
): Promise<void> {
  if (outbox.settled >= count) return;
  await new Promise<void>((resolve) => {
    const end = drain.subscribe(() => {
      if (outbox.settled < count) return;
      end();
      resolve();
    });
  });
}

/** A station process that is killed once it has told so many times that it sent something. */
async function runAndKill(file: string, server: string, lines: number): Promise<void> {
  const child = spawn(process.execPath, [CHILD, file, server], { stdio: ["ignore", "pipe", "pipe"] });
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let told = 0;
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    told += String(chunk).split("sending").length - 1;
    if (told >= lines) break;
  }
  if (told < lines) throw new TypeError(`the station ended by itself: ${errors.join("")}`);
  child.kill("SIGKILL");
  await closed;
}
