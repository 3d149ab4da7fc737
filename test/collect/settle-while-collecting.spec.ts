import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hashRow } from "../../src/audit/chain.ts";
import { parseCentralAddress } from "../../src/collect/central-address.ts";
import { openSession } from "../../src/collect/open-central.ts";
import { settleFindings, type Settled } from "../../src/collect/settle-findings.ts";
import { verifyCentral } from "../../src/collect/verify-central.ts";
import type { LineEvent, LineMessage } from "../../src/contract/line-message.ts";
import { seconds } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { Secret } from "../../src/core/secret.ts";
import { connectLine, type Line } from "../../src/line/connect-line.ts";
import { eventSubject } from "../../src/line/names.ts";
import { setUpLine } from "../../src/line/set-up.ts";
import { NatsServer } from "../fakes/line/nats-server.ts";
import { lineSettings } from "../fakes/line/test-line.ts";
import { PostgresServer } from "../fakes/postgres-server.ts";
import { reaches, runCollector } from "./collector-rig.ts";
import { recordedChain } from "./sample-chain.ts";

let postgres: PostgresServer;
let nats: NatsServer;
let line: Line;
let folder: string;
let chain: readonly LineMessage[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "settle-"));
  chain = await recordedChain(2);
  postgres = await PostgresServer.start();
  nats = await NatsServer.start();
  line = connectLine(lineSettings([nats.url]), { clock: realClock });
  await setUpLine(await line.reach(), { replicas: 1, lease: seconds(30) });
  const { js } = await line.reach();
  for (const message of [...chain.slice(0, HALF), forked()])
    await js.publish(eventSubject(message.station), JSON.stringify(message));
});
afterAll(async () => {
  await line.close();
  await nats.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const HALF = 8;

/** Another row for a place that is taken. */
function forked(): LineEvent {
  const row = { ...(chain[6] as LineEvent), at: "2026-03-01T23:00:00.000Z" };
  return { ...row, hash: hashRow(row) };
}

it("a fork is settled while collectors of both databases work; they go on and keep every event once", async () => {
  const places = [new Secret(join(folder, "central.db")), new Secret(postgres.address())].map(parseCentralAddress);
  const collectors = places.map((address) => runCollector(address, line));
  try {
    for (const { until } of collectors) await until(reaches(HALF + 1));
    for (const address of places) {
      const sql = await openSession(address, { readOnly: false, program: "spec" });
      const who = { settledBy: "Maria", settledWhy: "looked into" };
      const settled: Settled = await settleFindings(sql, chain[0]?.station ?? "", who, {
        ...{ now: realClock.now(), random: randomBytes },
      });
      expect(settled.verdict).toEqual({ kind: "good" });
      await sql.close();
    }
    const { js } = await line.reach();
    for (const message of chain.slice(HALF)) await js.publish(eventSubject(message.station), JSON.stringify(message));
    for (const { until } of collectors) await until(reaches(chain.length + 1));
    for (const { news } of collectors) {
      const troubles = news.flatMap((told) => (told.kind === "trouble" ? [told.error.code] : []));
      expect(troubles).toEqual(["collect.changed"]);
    }
  } finally {
    for (const { stop } of collectors) await stop();
  }
  for (const address of places) {
    const sql = await openSession(address, { readOnly: true, program: "spec" });
    expect(await verifyCentral(sql)).toMatchObject([{ ok: true, position: chain.length - 1 }]);
    expect(await sql.all("SELECT verdict, position FROM station")).toEqual([["good", chain.length - 1]]);
    expect(await sql.all("SELECT kind, settled_by FROM finding")).toEqual([["fork", "Maria"]]);
    await sql.close();
  }
});
