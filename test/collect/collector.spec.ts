import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { headers } from "@nats-io/transport-node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseCentralAddress, type CentralAddress } from "../../src/collect/central-address.ts";
import { openSession } from "../../src/collect/open-central.ts";
import type { Sql } from "../../src/collect/sql.ts";
import { verifyCentral } from "../../src/collect/verify-central.ts";
import type { LineMessage } from "../../src/contract/line-message.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { seconds } from "../../src/core/duration.ts";
import { Secret } from "../../src/core/secret.ts";
import { connectLine, type Line } from "../../src/line/connect-line.ts";
import { COLLECTOR, EVENTS, eventSubject, STATION_NAME_HEADER } from "../../src/line/names.ts";
import { setUpLine } from "../../src/line/set-up.ts";
import { jetstreamManager } from "@nats-io/jetstream";
import { NatsServer } from "../fakes/line/nats-server.ts";
import { lineSettings } from "../fakes/line/test-line.ts";
import { PostgresServer } from "../fakes/postgres-server.ts";
import { reaches, runCollector, type RunningCollector } from "./collector-rig.ts";
import { recordedChain } from "./sample-chain.ts";

let postgres: PostgresServer;
let folder: string;
let count = 0;
let nats: NatsServer;
let line: Line;
let chains: readonly (readonly LineMessage[])[];

beforeAll(async () => {
  postgres = await PostgresServer.start();
  folder = mkdtempSync(join(tmpdir(), "collect-"));
  chains = [await recordedChain(3, 4), await recordedChain(3, 4)];
});

afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  nats = await NatsServer.start();
  line = connectLine(lineSettings([nats.url]), { clock: realClock });
  await setUpLine(await line.reach(), { replicas: 1, lease: seconds(30) });
});

afterEach(async () => {
  await line.close();
  await nats.stop();
});

async function freshPostgres(): Promise<CentralAddress> {
  const name = `line_${++count}`;
  const admin = await openSession(parseCentralAddress(new Secret(postgres.address())), session);
  await admin.script(`CREATE DATABASE ${name}`);
  await admin.close();
  return parseCentralAddress(new Secret(postgres.address(name)));
}

const session = { readOnly: false, program: "test" };
const freshFile = (): CentralAddress => ({ kind: "sqlite", file: join(folder, `central-${++count}.db`) });

const collector = (address: CentralAddress, over = line): RunningCollector => runCollector(address, over);

async function publish(messages: readonly LineMessage[]): Promise<void> {
  const { js } = await line.reach();
  for (const message of messages) {
    const named = headers();
    named.set(STATION_NAME_HEADER, "a1");
    await js.publish(eventSubject(message.station), JSON.stringify(message), { headers: named });
  }
}

/** Messages of several stations as they come in between each other. */
function mixed(): readonly LineMessage[] {
  const longest = Math.max(...chains.map((chain) => chain.length));
  return Array.from({ length: longest }, (_, index) => chains.flatMap((chain) => chain.slice(index, index + 1))).flat();
}

async function read<T>(address: CentralAddress, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = await openSession(address, { readOnly: true, program: "test" });
  try {
    return await work(sql);
  } finally {
    await sql.close();
  }
}

/** Every event exactly once, all chains good, nothing found. */
async function expectWhole(address: CentralAddress): Promise<void> {
  await read(address, async (sql) => {
    const stations = await sql.all("SELECT id, position, top, verdict FROM station ORDER BY id");
    const wanted = chains.map((chain) => [chain[0]?.station, chain.length - 1, chain.length - 1, "good"]);
    expect(stations).toEqual(wanted.sort((one, other) => String(one[0]).localeCompare(String(other[0]))));
    const [[events, distinct] = []] = await sql.all(
      "SELECT count(*), count(DISTINCT station || ' ' || position) FROM event",
    );
    expect([events, distinct]).toEqual([mixed().length - chains.length, mixed().length - chains.length]);
    expect(await sql.all("SELECT kind, position FROM finding")).toEqual([]);
    expect(await verifyCentral(sql)).toMatchObject([{ ok: true }, { ok: true }]);
  });
}

describe.each([
  ["PostgreSQL", freshPostgres],
  ["SQLite", () => Promise.resolve(freshFile())],
] as const)("a collector with %s", (_, fresh) => {
  it("brings every event into the database once and acknowledges it after the commit", async () => {
    const address = await fresh();
    await publish(mixed());
    const { until, stop, news } = collector(address);
    await until(reaches(mixed().length));
    await stop();
    expect(news[0]).toEqual({ kind: "collecting", from: 0, until: mixed().length, open: [] });
    await expectWhole(address);
    const { nats: connection } = await line.reach();
    const manager = await jetstreamManager(connection);
    const [consumer] = await manager.consumers.list(EVENTS.stream).next();
    expect(consumer?.name).toContain(COLLECTOR);
    expect(consumer?.num_ack_pending).toBe(0);
    expect(consumer?.ack_floor.stream_seq).toBe(mixed().length);
  });

  it("goes on where the database is, however often it is stopped", async () => {
    const address = await fresh();
    const all = mixed();
    for (let done = 0; done < all.length; done += 20) {
      await publish(all.slice(done, done + 20));
      const { until, stop } = collector(address);
      await until(reaches(Math.min(done + 10, all.length)));
      await stop();
    }
    const { until, stop, news } = collector(address);
    await until((told) => told.some(({ kind }) => kind === "collecting"));
    const [begun] = news;
    if (begun?.kind === "collecting" && begun.from < all.length) await until(reaches(all.length));
    await stop();
    await expectWhole(address);
  });

  it("waits while another one is at work, and takes over at its end", async () => {
    const address = await fresh();
    const all = mixed();
    const first = collector(address);
    await publish(all.slice(0, 30));
    await first.until(reaches(30));
    const second = collector(address);
    await second.until((news) => news.some(({ kind }) => kind === "standby"));
    await publish(all.slice(30, 60));
    await first.until(reaches(60));
    expect(second.news).toEqual([{ kind: "standby" }]);
    await first.stop();
    await publish(all.slice(60));
    await second.until(reaches(all.length));
    await second.stop();
    await expectWhole(address);
  });

  it("names what an administrator of the line did to the stream", async () => {
    const address = await fresh();
    const [chain = []] = chains;
    const changed = chain.map((message) =>
      message.position === 9 && "body" in message
        ? { ...message, body: `${message.body.slice(0, -1)},"x":1}` }
        : message,
    );
    const [ninth, tenth, fifteenth] = [9, 10, 15].map((index) => chain[index]);
    if (ninth === undefined || tenth === undefined || fifteenth === undefined) throw new TypeError("too short");
    const sent = [
      ...[...changed.slice(0, 11), ...chain.slice(12, 15)],
      ...[...chain.slice(16, 17), fifteenth, ...chain.slice(17, 20), tenth],
    ];
    await publish(sent);
    const { until, stop, news } = collector(address);
    await until(reaches(sent.length));
    await stop();
    const found = news.flatMap((told) => (told.kind === "finding" ? [told.finding] : []));
    expect(found.map(({ kind, position }) => [kind, position])).toEqual(
      expect.arrayContaining([
        ["changed", 9],
        ["gap", 11],
        ["reordered", 15],
        ["repeated", 10],
      ]),
    );
    const [row] = await read(address, (sql) => sql.all("SELECT position, verdict, verdict_position FROM station"));
    expect(row).toEqual([8, "changed", 9]);
  });
});

describe("a collector", () => {
  it("goes on by itself when the database's server is killed in the middle", async () => {
    const address = await freshPostgres();
    const all = mixed();
    const { until, stop, news } = collector(address);
    await publish(all.slice(0, 40));
    await until(reaches(40));
    await postgres.kill();
    await publish(all.slice(40, 60));
    await until((told) => told.some(({ kind }) => kind === "trouble"));
    await postgres.restart();
    await publish(all.slice(60));
    await until(reaches(all.length));
    await stop();
    await expectWhole(address);
    expect(news.some((told) => told.kind === "trouble" && /^collect\.(lost|unreachable)$/.test(told.error.code))).toBe(
      true,
    );
  });

  it("goes on by itself when the line's server is killed in the middle", async () => {
    const address = freshFile();
    const all = mixed();
    const { until, stop } = collector(address);
    await publish(all.slice(0, 40));
    await until(reaches(20));
    await nats.kill();
    await nats.restart();
    await publish(all.slice(40));
    await until(reaches(all.length));
    await stop();
    await expectWhole(address);
  });

  it("fetches again what a database lacks that was put back from a backup", async () => {
    const address = await freshPostgres();
    const all = mixed();
    await publish(all);
    const first = collector(address);
    await first.until(reaches(all.length));
    await first.stop();
    const sql = await openSession(address, session);
    await sql.script(
      "DELETE FROM event; DELETE FROM run; DELETE FROM batch; DELETE FROM station; UPDATE central SET cursor = 0",
    );
    await sql.close();
    const second = collector(address);
    await second.until(reaches(all.length));
    await second.stop();
    await expectWhole(address);
  });

  it("begins at the beginning of another stream of the name, and names nothing that it has already as missing", async () => {
    const address = freshFile();
    const all = mixed();
    await publish(all.slice(0, 50));
    const first = collector(address);
    await first.until(reaches(50));
    await first.stop();
    await line.close();
    await nats.stop();
    nats = await NatsServer.start();
    line = connectLine(lineSettings([nats.url]), { clock: realClock });
    await setUpLine(await line.reach(), { replicas: 1, lease: seconds(30) });
    await publish(all.slice(50));
    const second = collector(address);
    await second.until(reaches(all.length - 50));
    await second.stop();
    await expectWhole(address);
  });

  it("says that a line was not set up", async () => {
    const bare = await NatsServer.start();
    const other = connectLine(lineSettings([bare.url]), { clock: realClock });
    try {
      const { done } = collector(freshFile(), other);
      expect(await done).toMatchObject({ code: "collect.no-stream" });
    } finally {
      await other.close();
      await bare.stop();
    }
  });

  it("says that the database refuses the login, and never shows the password", async () => {
    const address = parseCentralAddress(new Secret(postgres.address().replace("of-the-test", "a-wrong-one")));
    const failure = await collector(address).done;
    expect(failure).toMatchObject({ code: "collect.refused" });
    expect(JSON.stringify(failure)).not.toContain("a-wrong-one");
  });
});
