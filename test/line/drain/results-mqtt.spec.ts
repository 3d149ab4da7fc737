import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { LineResultSchema } from "../../../src/contract/line-result.ts";
import { seconds } from "../../../src/core/duration.ts";
import { runId } from "../../audit/samples.ts";
import { TempAudit } from "../../audit/temp-audit.ts";
import { freePorts, NatsServer } from "../../fakes/line/nats-server.ts";
import { lineSettings } from "../../fakes/line/test-line.ts";
import { OutsideProgram } from "../../fakes/outside-program.ts";
import { send, setUp, StationOnLine } from "./drain-rig.ts";

let server: NatsServer;
let port = 0;
let temp: TempAudit;
beforeAll(async () => {
  [port = 0] = await freePorts(1);
  server = await NatsServer.start({ config: `mqtt { host: 127.0.0.1, port: ${port} }` });
  await setUp([server.url]);
});
afterAll(async () => server.stop());
beforeEach(async () => {
  temp = await TempAudit.make();
});
afterEach(async () => temp.dispose());

it("gives every result to an MQTT client of the server's gateway, in order", async () => {
  const station = await StationOnLine.open(temp);
  const client = new OutsideProgram(
    "mosquitto_sub",
    ["-h", "127.0.0.1", "-p", String(port), "-t", "station/results/+", "-F", "%t %p", "-C", "3", "-d"],
    temp.folder,
  );
  await client.until(/received SUBACK/);
  const sending = send(station, lineSettings([server.url]));
  try {
    await station.record(3);
    expect(await sending.drain.finish(seconds(20))).toBe(true);
  } finally {
    await sending.close();
  }
  await client.stop(false);
  const lines = client.output.split("\n").filter((line) => line.startsWith("station/results/"));
  expect(lines.map((line) => line.split(" ")[0])).toEqual(
    [1, 2, 3].map(() => `station/results/${station.store.stationId}`),
  );
  const results = lines.map((line) => LineResultSchema.parse(JSON.parse(line.slice(line.indexOf(" ") + 1))));
  expect(results.map(({ run, outcome }) => [run, outcome])).toEqual([1, 2, 3].map((run) => [runId(run), "PASS"]));
});
