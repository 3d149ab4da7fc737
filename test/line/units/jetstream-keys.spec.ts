import { jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock } from "../../../src/core/real-clock.ts";
import { seconds } from "../../../src/core/duration.ts";
import { connectLine, type Line } from "../../../src/line/connect-line.ts";
import { JetStreamKeys } from "../../../src/line/units/jetstream-keys.ts";
import { MemoryUnitBucket, MemoryKeys } from "../../fakes/line/memory-keys.ts";
import { NatsServer } from "../../fakes/line/nats-server.ts";
import { lineSettings } from "../../fakes/line/test-line.ts";
import { describeKeys, type Sample } from "./keys-contract.ts";

const BUCKET = "SAMPLES";
const sample = (value: unknown): Sample | undefined =>
  typeof value === "object" && value !== null && "name" in value && typeof value.name === "string"
    ? { name: value.name }
    : undefined;

describe("with a real server", () => {
  let server: NatsServer;
  let lines: readonly Line[];
  const keysOf = (line: Line | undefined): JetStreamKeys<Sample> => {
    if (line === undefined) throw new RangeError("no line");
    return new JetStreamKeys(line, realClock, BUCKET, sample);
  };

  beforeAll(async () => {
    server = await NatsServer.start();
    const settings = lineSettings([server.url], { limits: { connectSeconds: 1, requestSeconds: 1 } });
    lines = [1, 2].map(() => connectLine(settings, { clock: realClock }));
    const session = await lines[0]?.reach(seconds(5));
    if (session === undefined) throw new RangeError("no session");
    await new Kvm(session.js).create(BUCKET, { ttl: 1000 });
    await new Kvm(session.js).create("KEPT", {});
  });
  afterAll(async () => {
    await Promise.all(lines.map((line) => line.close()));
    await server.stop();
  });

  describeKeys(
    "a bucket of JetStream",
    () => keysOf(lines[0]),
    () => keysOf(lines[1]),
  );

  it("lasts for ever where the bucket does", async () => {
    const [line] = lines;
    if (line === undefined) throw new RangeError("no line");
    expect(await new JetStreamKeys(line, realClock, "KEPT", sample).lifetime()).toBeUndefined();
  });

  it.each([
    ["an empty text", ""],
    ["half of an object", "{"],
    ["null", "null"],
    ["a member of another type", '{"name":7}'],
    ["too much", JSON.stringify({ name: "x".repeat(20_000) })],
    ["no text at all", "\u0000\u00ff"],
  ])("shows %s as unreadable", async (_what, text) => {
    const session = await lines[0]?.reach(seconds(5));
    await session?.js.publish(`$KV.${BUCKET}.bad`, text);
    expect((await keysOf(lines[0]).read("bad")).kind).toBe("unreadable");
  });

  it("tells a bucket that is not there from a line that is away", async () => {
    const [line] = lines;
    if (line === undefined) throw new RangeError("no line");
    const missing = new JetStreamKeys(line, realClock, "MISSING", sample);
    await expect(missing.read("u")).rejects.toMatchObject({ code: "line.not-set-up" });
    await expect(missing.lifetime()).rejects.toMatchObject({ code: "line.not-set-up" });
  });

  it("answers within the limit when the server stands still, and works afterwards", async () => {
    const keys = keysOf(lines[0]);
    const revision = (await keys.write("still", { name: "a" }, 0)) ?? 0;
    server.pause();
    const isSilent = (): Promise<boolean> =>
      keys.read("still").then(
        () => false,
        () => true,
      );
    await expect.poll(isSilent, { timeout: 5000 }).toBe(true);
    const since = Date.now();
    await expect(keys.write("still", { name: "b" }, revision)).rejects.toMatchObject({ code: "line.away" });
    await expect(keys.read("still")).rejects.toMatchObject({ code: "line.away" });
    expect(Date.now() - since).toBeLessThan(2500);
    server.resume();
    await expect.poll(async () => keys.read("still").catch(() => undefined), { timeout: 10_000 }).toBeDefined();
  });

  it("never asks servers that may be behind: reads go to the leader", async () => {
    const session = await lines[0]?.reach(seconds(5));
    if (session === undefined) throw new RangeError("no session");
    const asked: string[] = [];
    const watcher = session.nats.subscribe("$JS.API.>", {
      callback: (_error, { subject }) => void asked.push(subject),
    });
    await session.nats.flush();
    await keysOf(lines[1]).read("anything");
    await (await jetstreamManager(session.nats)).getAccountInfo();
    watcher.unsubscribe();
    expect(asked.filter((subject) => subject.includes("DIRECT"))).toEqual([]);
    expect(asked).toContain(`$JS.API.STREAM.MSG.GET.KV_${BUCKET}`);
  });
});

describe("in memory", () => {
  const bucket = new MemoryUnitBucket<Sample>(realClock, seconds(1));
  describeKeys(
    "the fake",
    () => new MemoryKeys(bucket),
    () => new MemoryKeys(bucket),
  );
});
