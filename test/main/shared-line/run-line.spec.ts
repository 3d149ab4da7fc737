import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runLine } from "../../../main/on-line/run-line.ts";
import { LineSecrets } from "../../../main/shared-line/line-secrets.ts";
import type { RunningLine } from "../../../main/shared-line/shared-line.ts";
import { LineStateSchema, type LineState } from "../../../src/contract/desktop-line.ts";
import { seconds } from "../../../src/core/duration.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { connectLine } from "../../../src/line/connect-line.ts";
import { eventSubject, EVENTS } from "../../../src/line/names.ts";
import { setUpLine } from "../../../src/line/set-up.ts";
import { failureOf } from "../../audit/samples.ts";
import { TempAudit } from "../../audit/temp-audit.ts";
import { NatsServer } from "../../fakes/line/nats-server.ts";
import { readSubject } from "../../fakes/line/read-stream.ts";
import { lineSettings } from "../../fakes/line/test-line.ts";
import { vaultRig } from "../vault/vault-rig.ts";

const vaults = vaultRig();

describe("the line that a desktop station joins", () => {
  let server: NatsServer;
  let temp: TempAudit;
  const running: RunningLine[] = [];
  beforeAll(async () => {
    server = await NatsServer.start();
    const line = connectLine(lineSettings([server.url]), { clock: realClock });
    await setUpLine(await line.reach(seconds(10)), { replicas: 1, lease: seconds(30) });
    await line.close();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    temp = await TempAudit.make();
  });
  afterEach(async () => {
    for (const line of running.splice(0)) await line.close();
    await temp.dispose();
  });

  async function join(text: string) {
    const file = temp.path("line.yaml");
    writeFileSync(file, text);
    const { store } = await temp.open({ line: "everything" });
    const told: LineState[] = [];
    const waiting: { wake?: () => void } = {};
    const line = await runLine(file, {
      ...{ store, secrets: new LineSecrets(await vaults().open()), copies: temp.path("line"), environment: {} },
      ...{ clock: realClock, lastSeen: () => undefined },
      tell: (state) => {
        told.push(state);
        waiting.wake?.();
      },
    });
    running.push(line);
    /** Waits until the window was told so. */
    const until = async (isSo: (state: LineState) => boolean): Promise<void> => {
      while (!isSo(line.watch.state)) await new Promise<void>((resolve) => (waiting.wake = resolve));
    };
    return { line, store, told, until };
  }

  const text = (servers: string, more = "") =>
    `schema: 1\nname: Line 3\nstation: { name: bench-1 }\nservers: ["${servers}"]\n${more}`;

  it("is reached in the background, and gets what the record holds", async () => {
    const { line, store, told, until } = await join(text(server.url));
    expect(line.watch.state).toMatchObject({ name: "Line 3", station: "bench-1", whenAway: "refuse" });
    await until(({ link, waiting }) => link === "reached" && waiting === 0);
    for (const state of told) expect(LineStateSchema.safeParse(state).error).toBeUndefined();
    const events = await readSubject(server.url, EVENTS.stream, eventSubject(store.stationId));
    expect(events.length).toBeGreaterThan(1);
    expect(line.interlock).toBeDefined();
    expect(await line.documents.all("recipe")).toEqual([]);
  });

  it("is looked for while nobody is there, and says what waits and why", async () => {
    const { until, told } = await join(text("nats://127.0.0.1:9", "interlock: { whenAway: alone }\n"));
    await until(({ link }) => link === "away");
    expect(told.at(-1)).toMatchObject({ whenAway: "alone", problem: { code: "line.away" } });
    expect(told.at(-1)?.waiting).toBeGreaterThan(0);
  });

  it("is not joined without its credentials", async () => {
    const secure = "tls://127.0.0.1:4222";
    const { code } = await failureOf(join(text(secure, "credentials: { vault: true }\n")));
    expect(code).toMatch(/^file\./);
  });
});
