import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { minutes, seconds } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { connectLine, type Line, type LineSession } from "../../src/line/connect-line.ts";
import { BUCKETS, EVENTS, RESULTS } from "../../src/line/names.ts";
import { lookAtLine, setUpLine } from "../../src/line/set-up.ts";
import { failureOf } from "../audit/samples.ts";
import { NatsCluster } from "../fakes/line/nats-cluster.ts";
import { NatsServer } from "../fakes/line/nats-server.ts";
import { lineSettings } from "../fakes/line/test-line.ts";

const NAMES = [EVENTS.stream, RESULTS.stream, ...Object.values(BUCKETS).map((bucket) => `KV_${bucket}`)];
const SETUP = { replicas: 1, lease: seconds(30) };

describe("setting up a line", () => {
  let server: NatsServer;
  let line: Line;
  let session: LineSession;
  beforeAll(async () => {
    server = await NatsServer.start();
    line = connectLine(lineSettings([server.url]), { clock: realClock });
    session = await line.reach(seconds(10));
  });
  afterAll(async () => {
    await line.close();
    await server.stop();
  });

  it("tells what is missing before, makes every part once, and keeps them after that", async () => {
    expect(await failureOf(() => lookAtLine(session))).toMatchObject({ code: "line.not-set-up" });
    expect(await setUpLine(session, SETUP)).toEqual(NAMES.map((name) => ({ name, done: "made" })));
    expect(await setUpLine(session, SETUP)).toEqual(NAMES.map((name) => ({ name, done: "kept" })));
    expect(await lookAtLine(session)).toMatchObject(NAMES.map((name) => ({ name, messages: 0, replicas: 1 })));
  });

  it("changes what may be changed", async () => {
    const parts = await setUpLine(session, { ...SETUP, lease: seconds(60), keep: minutes(60 * 24) });
    expect(parts.map(({ done }) => done)).toEqual(["changed", "changed", "changed", "kept", "kept"]);
  });

  it("refuses a stream that somebody made in another way", async () => {
    const manager = await jetstreamManager(session.nats);
    await manager.streams.delete(RESULTS.stream);
    await manager.streams.add({ name: RESULTS.stream, subjects: ["station.results.>"] });
    expect(await failureOf(() => setUpLine(session, SETUP))).toMatchObject({
      code: "line.differs",
      facts: { stream: RESULTS.stream, field: "subjects" },
    });
  });

  it("lets nobody delete or purge records", async () => {
    const manager = await jetstreamManager(session.nats);
    await expect(manager.streams.purge(EVENTS.stream)).rejects.toThrow(/purge/);
    await session.js.publish("station.events.x", "{}");
    await expect(manager.streams.deleteMessage(EVENTS.stream, 1)).rejects.toThrow(/delete/);
  });
});

it("keeps everything on three servers of a cluster", async () => {
  const cluster = await NatsCluster.start();
  const line = connectLine(lineSettings(cluster.urls), { clock: realClock });
  try {
    const session = await line.reach(seconds(10));
    await setUpLine(session, { ...SETUP, replicas: 3 });
    const parts = await lookAtLine(session);
    expect(parts.map(({ replicas, leader }) => [replicas, /^n[123]$/.test(leader ?? "")])).toEqual(
      NAMES.map(() => [3, true]),
    );
  } finally {
    await line.close();
    await cluster.stop();
  }
});
