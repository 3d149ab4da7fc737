import { copyFileSync } from "node:fs";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { seconds } from "../../../src/core/duration.ts";
import { EVENTS, eventSubject, messageId, RESULTS, resultSubject } from "../../../src/line/names.ts";
import { runId } from "../../audit/samples.ts";
import { TempAudit } from "../../audit/temp-audit.ts";
import { NatsServer } from "../../fakes/line/nats-server.ts";
import { readEvents, readSubject } from "../../fakes/line/read-stream.ts";
import { lineSettings } from "../../fakes/line/test-line.ts";
import { EVENTS_A_RUN, expectWhole, send, sendAll, setUp, StationOnLine, type Sending } from "./drain-rig.ts";

let server: NatsServer;
let temp: TempAudit;
let station: StationOnLine;
const open: Sending[] = [];
beforeAll(async () => {
  server = await NatsServer.start();
  await setUp([server.url]);
});
afterAll(async () => server.stop());
beforeEach(async () => {
  temp = await TempAudit.make();
  station = await StationOnLine.open(temp);
});
afterEach(async () => {
  for (const sending of open.splice(0)) await sending.close();
  await temp.dispose();
});

const settings = () => lineSettings([server.url]);
const begin = (from: StationOnLine): Sending => {
  const sending = send(from, settings());
  open.push(sending);
  return sending;
};

describe("a drain", () => {
  it("sends what waits and what comes, each event once, in order and by its name", async () => {
    await station.record(2);
    const { drain } = begin(station);
    expect(await drain.finish(seconds(20))).toBe(true);
    await station.record(1);
    expect(await drain.finish(seconds(20))).toBe(true);
    const events = await expectWhole(server.url, station);
    expect(events.length).toBe(2 + 3 * EVENTS_A_RUN + 3 - 3);
    const { ids, identity } = await readEvents(server.url, station.store.stationId);
    const id = identity.station;
    expect(ids.slice(0, 3)).toEqual([`${id}:-:0`, `${id}:-:1`, `${id}:-:2`]);
    expect(ids).toContain(messageId(id, { position: 4, run: runId(1), seq: 0 }));
    expect(drain.status).toMatchObject({ state: "done", waiting: 0 });
    expect(station.outbox.size).toBe(0);
  });

  it("goes on after another one, though nobody settled what that had sent and the engine has forgotten its ids", async () => {
    await station.record(2);
    await sendAll(station, settings());
    await forgetIds();
    await station.outbox.refill(0);
    await station.record(1);
    await sendAll(station, settings());
    await expectWhole(server.url, station);
  });

  it("sends again what the line has lost", async () => {
    await station.record(2);
    await sendAll(station, settings());
    await deleteStreams();
    await setUp([server.url]);
    await station.record(1);
    await sendAll(station, settings());
    await expectWhole(server.url, station);
  });

  it("sends only what comes after the database joined, where that was asked for", async () => {
    const other = await TempAudit.make();
    try {
      await (await other.open()).store.close();
      const late = await StationOnLine.open(other, { line: "from-now" });
      const before = late.outbox.started;
      await late.record(1);
      await sendAll(late, settings());
      const { events } = await readEvents(server.url, late.store.stationId);
      expect(events[0]?.position).toBe(before + 1);
      expect(events.length).toBeGreaterThan(EVENTS_A_RUN - 1);
    } finally {
      await other.dispose();
    }
  });

  it("stops when the line holds another history under its identity, and says so", async () => {
    await station.record(1);
    await station.store.close();
    const copy = await TempAudit.make();
    try {
      copyFileSync(temp.file, copy.file);
      copyFileSync(`${temp.file}.head`, copy.path("audit.db.head"));
      const key = { keyFolder: `${temp.file}.key` };
      const [one, two] = [await StationOnLine.open(temp), await StationOnLine.open(copy, key)];
      await sendAll(one, settings());
      const { drain } = begin(two);
      expect(await drain.finish(seconds(20))).toBe(false);
      expect(drain.status).toMatchObject({ state: "stopped", why: { code: "line.forked" } });
      await expectWhole(server.url, one);
    } finally {
      await copy.dispose();
    }
  });

  it("tells of every run that ended, and publishes its result", async () => {
    await station.record(3);
    const told: string[] = [];
    const sending = send(station, settings(), { ended: async (run) => void told.push(await Promise.resolve(run.id)) });
    open.push(sending);
    expect(await sending.drain.finish(seconds(20))).toBe(true);
    expect(told).toEqual([runId(1), runId(2), runId(3)]);
    const results = await readSubject(server.url, RESULTS.stream, resultSubject(station.store.stationId));
    expect(results.map(({ text }) => JSON.parse(text) as unknown)).toMatchObject(
      [1, 2, 3].map((run) => ({
        run: runId(run),
        outcome: "PASS",
        line: "line 7",
        stationName: "a1",
        training: false,
      })),
    );
  });

  it("publishes every result once, whoever sends it", async () => {
    await station.record(2);
    await sendAll(station, settings());
    await forgetIds();
    await station.outbox.refill(0);
    // As if the results had gone and the events had not.
    await deleteStreams(EVENTS.stream);
    await setUp([server.url]);
    await station.record(1);
    await sendAll(station, settings());
    await expectWhole(server.url, station);
    const results = await readSubject(server.url, RESULTS.stream, resultSubject(station.store.stationId));
    expect(results.length).toBe(3);
  });

  it("publishes no results where the line file says so", async () => {
    await station.record(1);
    await sendAll(station, { ...settings(), results: false });
    expect(await readSubject(server.url, RESULTS.stream, resultSubject(station.store.stationId))).toEqual([]);
  });

  it("names a line that was never set up, and goes on once it is", async () => {
    await deleteStreams();
    await station.record(1);
    const { drain } = begin(station);
    expect(await drain.finish(seconds(1))).toBe(false);
    expect(drain.status).toMatchObject({ state: "away", why: { code: "line.not-set-up" } });
    await setUp([server.url]);
    expect(await drain.finish(seconds(20))).toBe(true);
    await expectWhole(server.url, station);
  });

  it("stays behind something that nobody can read, and writes nothing over it", async () => {
    const nats = await connect({ servers: `127.0.0.1:${server.port}` });
    nats.publish(eventSubject(station.store.stationId), "rubbish");
    await nats.flush();
    await nats.close();
    const { drain } = begin(station);
    expect(await drain.finish(seconds(1))).toBe(false);
    expect(drain.status).toMatchObject({ state: "away", why: { code: "line.answer" } });
    expect((await readSubject(server.url, EVENTS.stream, eventSubject(station.store.stationId))).length).toBe(1);
  });
});

/** What the end of the engine's window for repeats does: two minutes, at once. */
async function forgetIds(): Promise<void> {
  await manage(async (manager) => {
    for (const stream of [EVENTS.stream, RESULTS.stream])
      await manager.streams.update(stream, { duplicate_window: 100_000_000 });
    await new Promise((resolve) => setTimeout(resolve, 300));
  });
}

async function deleteStreams(...names: readonly string[]): Promise<void> {
  await manage(async (manager) => {
    for (const stream of names.length === 0 ? [EVENTS.stream, RESULTS.stream] : names)
      await manager.streams.delete(stream);
  });
}

async function manage(work: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<void>): Promise<void> {
  const nats = await connect({ servers: `127.0.0.1:${server.port}` });
  try {
    await work(await jetstreamManager(nats));
  } finally {
    await nats.close();
  }
}
