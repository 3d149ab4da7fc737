import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { SqliteSql } from "../../src/collect/sqlite-sql.ts";
import { seconds } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { connectLine } from "../../src/line/connect-line.ts";
import { eventSubject } from "../../src/line/names.ts";
import { setUpLine } from "../../src/line/set-up.ts";
import { station } from "../cli/station-process.ts";
import { NatsServer } from "../fakes/line/nats-server.ts";
import { lineSettings } from "../fakes/line/test-line.ts";
import { recordedChain } from "./sample-chain.ts";

let folder: string;
let nats: NatsServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "collect-"));
  nats = await NatsServer.start();
});

afterAll(async () => {
  await nats.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("station collect ends with 1 as long as something is open, also where that was found before", async () => {
  const line = connectLine(lineSettings([nats.url]), { clock: realClock });
  const { js } = await line.reach();
  await setUpLine(await line.reach(), { replicas: 1, lease: seconds(30) });
  for (const message of (await recordedChain()).filter(({ position }) => position !== 5))
    await js.publish(eventSubject(message.station), JSON.stringify(message));
  await line.close();
  const lineFile = join(folder, "line.yaml");
  writeFileSync(lineFile, `schema: 1\nname: Line 7\nstation: { name: central }\nservers: ["${nats.url}"]\n`);
  const central = join(folder, "central.db");
  const collected = async () => (await station(["collect", "--line", lineFile, "--sqlite", central, "--once"])).code;
  expect(await collected()).toBe(EXIT.failed);
  expect(await collected()).toBe(EXIT.failed);
  const sql = SqliteSql.open(central, { readOnly: false });
  await sql.all("UPDATE finding SET settled_at = '2026-03-01T08:00:00.000Z'");
  await sql.close();
  expect(await collected()).toBe(EXIT.passed);
});
