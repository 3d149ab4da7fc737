import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openForReading } from "../../src/collect/read/open-for-reading.ts";
import { seconds } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { Secret } from "../../src/core/secret.ts";
import { connectLine, type Line } from "../../src/line/connect-line.ts";
import { Drain } from "../../src/line/drain/drain.ts";
import { setUpLine } from "../../src/line/set-up.ts";
import { batchStart, wholeRun } from "../audit/samples.ts";
import { TempAudit } from "../audit/temp-audit.ts";
import { NatsAccounts, type UserLimits } from "../fakes/line/nats-accounts.ts";
import { NatsServer } from "../fakes/line/nats-server.ts";
import { lineSettings } from "../fakes/line/test-line.ts";
import { reaches, runCollector } from "./collector-rig.ts";

const accounts = new NatsAccounts();
const lines: Line[] = [];
let server: NatsServer;
let audit: TempAudit;
let folder: string;

beforeAll(async () => {
  server = await NatsServer.start({ config: accounts.config });
  audit = await TempAudit.make();
  folder = mkdtempSync(join(tmpdir(), "collect-"));
});

afterAll(async () => {
  for (const line of lines) await line.close();
  await server.stop();
  await audit.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function lineOf(name: string, limits: UserLimits): Line {
  const credentials = new Secret(accounts.credentials(name, limits));
  const line = connectLine(lineSettings([server.url], { credentials }), { clock: realClock });
  lines.push(line);
  return line;
}

/** As docs/line.md gives them. */
const stationRights = (id: string): UserLimits => ({
  publish: [
    ...[`station.events.${id}`, `station.results.${id}`, "$KV.STATION_LEASES.>", "$KV.STATION_PASSED.>"],
    ...["$JS.API.INFO", "$JS.API.STREAM.INFO.*", "$JS.API.STREAM.MSG.GET.*", "$JS.API.DIRECT.GET.>"],
    ...["$JS.API.CONSUMER.CREATE.KV_STATION_DOCUMENTS.>", "$JS.API.CONSUMER.DELETE.KV_STATION_DOCUMENTS.>"],
    "$JS.FC.KV_STATION_DOCUMENTS.>",
  ],
  subscribe: ["_INBOX.>"],
});
const COLLECTOR_RIGHTS: UserLimits = {
  publish: [
    ...["$JS.API.INFO", "$JS.API.STREAM.INFO.STATION_EVENTS", "$JS.API.CONSUMER.*.STATION_EVENTS.>"],
    ...["$JS.API.CONSUMER.DURABLE.CREATE.STATION_EVENTS.>", "$JS.API.CONSUMER.MSG.NEXT.STATION_EVENTS.>"],
    "$JS.ACK.STATION_EVENTS.>",
  ],
  subscribe: ["_INBOX.>"],
};

it("a station and a collector do their work with the rights that docs/line.md gives them, and a station has no other's subject", async () => {
  await setUpLine(await lineOf("engineer", {}).reach(), { replicas: 1, lease: seconds(30) });
  const { store } = await audit.open({ line: "everything" });
  const start = batchStart();
  await store.startBatch(start);
  for (const event of wholeRun(1)) await store.append(event);
  await store.finishBatch(start.batch, start.at, 1);
  if (store.outbox === undefined) throw new TypeError("no outbox");
  const stationLine = lineOf("station", stationRights(store.stationId));
  const drain = new Drain({ line: stationLine, source: store.outbox, clock: realClock });
  const isSent = await drain.finish(seconds(30));
  await drain.close();
  expect([isSent, store.outbox.size]).toEqual([true, 0]);
  const { js } = await stationLine.reach();
  await expect(js.publish("station.events.01900000-0000-7000-8000-00000000dead", "x")).rejects.toThrow(/permission/i);

  const file = join(folder, "central.db");
  const { until, stop } = runCollector({ kind: "sqlite", file }, lineOf("collector", COLLECTOR_RIGHTS));
  await until(reaches(store.outbox.settled));
  await stop();
  const sql = await openForReading(new Secret(file));
  expect(await sql.all("SELECT name, verdict FROM station")).toEqual([["a1", "good"]]);
  await sql.close();
});
