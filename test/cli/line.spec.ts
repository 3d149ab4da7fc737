import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { NatsAccounts } from "../fakes/line/nats-accounts.ts";
import { NatsServer } from "../fakes/line/nats-server.ts";
import { tlsFiles } from "../fakes/line/test-line.ts";
import { lastJson, station, type Ended } from "./station-process.ts";
import { PATIENCE, TrayLine } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const tls = tlsFiles();
const accounts = new NatsAccounts();
const credentials = accounts.credentials("a1");
let tray: TrayLine;
let server: NatsServer;
const all: Ended[] = [];

beforeAll(async () => {
  server = await NatsServer.start({ config: `${tls.config}\n${accounts.config}` });
  tray = await TrayLine.start(2);
  writeFileSync(tray.path("ca.pem"), tls.ca);
  writeFileSync(tray.path("station.creds"), credentials, { mode: 0o600 });
  writeFileSync(
    tray.path("line.yaml"),
    `schema: 1
name: line 7
station: { name: a1 }
servers: [ "tls://localhost:${server.port}" ]
ca: ca.pem
credentials: { file: station.creds }
limits: { connectSeconds: 1, requestSeconds: 1 }
`,
  );
});
afterAll(async () => {
  await tray.stop();
  await server.stop();
  tls.remove();
});

const line = async (task: string, ...more: readonly string[]): Promise<Ended> => {
  const ended = await station(["line", task, "--line", tray.path("line.yaml"), "--json", ...more]);
  all.push(ended);
  return ended;
};
const part = async (name: string): Promise<number | undefined> => {
  const { parts } = lastJson(await line("status")) as { parts: readonly { name: string; messages: number }[] };
  return parts.find((found) => found.name === name)?.messages;
};

describe("a station of a line", () => {
  it("says that the line is not set up, sets it up, and shows it", async () => {
    expect(await line("status")).toMatchObject({ code: 3 });
    expect(await line("setup")).toMatchObject({ code: 0 });
    expect(lastJson(await line("status"))).toMatchObject({ line: "line 7", station: "a1" });
    expect(await line("setup", "--replicas", "2")).toMatchObject({ code: 2 });
  });

  it("sends what it records while it runs", async () => {
    all.push(await tray.run("a.db", ["--line", tray.path("line.yaml"), "--slots", "1"]));
    expect(all.at(-1)).toMatchObject({ code: 0 });
    expect(await part("STATION_EVENTS")).toBeGreaterThan(10);
    expect(await part("STATION_RESULTS")).toBe(1);
    expect(await station(["verify", tray.path("a.db")])).toMatchObject({ code: 0 });
  });

  it("runs on when the line is away, says what waits, and sends it afterwards", async () => {
    const before = (await part("STATION_EVENTS")) ?? 0;
    await server.kill();
    const ended = await tray.run("a.db", ["--line", tray.path("line.yaml"), "--slots", "2"]);
    all.push(ended);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toMatch(/\d+ records wait for the line/);
    expect(await line("sync", "--audit", tray.path("a.db"))).toMatchObject({ code: 1 });
    await server.restart();
    const synced = await line("sync", "--audit", tray.path("a.db"));
    expect(synced).toMatchObject({ code: 0 });
    expect(lastJson(synced)).toMatchObject({ waiting: 0 });
    expect(await part("STATION_EVENTS")).toBeGreaterThan(before + 10);
    expect(await part("STATION_RESULTS")).toBe(2);
  });

  it("keeps its credentials to itself: no output, file or message holds them", async () => {
    const secrets = [/SU[A-Z2-7]{56}/.exec(credentials)?.[0] ?? "", /^eyJ[^\n]+$/m.exec(credentials)?.[0] ?? ""];
    expect(secrets.every((secret) => secret.length > 50)).toBe(true);
    const texts = [...all.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...filesBelow(tray.path("."))];
    const stored = filesBelow(server.folder);
    for (const secret of secrets) {
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
      expect(stored.filter((text) => text.includes(secret))).toEqual([]);
    }
  });
});

describe("the program", () => {
  it("loads nothing of NATS, PostgreSQL or src/line for a station by itself, and does for one of a line", async () => {
    const alone = await loadedBy("alone", tray.runArguments("b.db", ["--slots", "1"]));
    expect(alone).toContainEqual(expect.stringContaining("src/cli/tray.ts"));
    expect(alone.filter(isOfLines)).toEqual([]);
    const onLine = await loadedBy("on-line", ["line", "status", "--line", tray.path("line.yaml")]);
    expect(onLine.filter(isOfLines)).toContainEqual(expect.stringContaining("src/line/connect-line.ts"));
  });
});

const isOfLines = (url: string): boolean =>
  /src[/](line|collect)[/]|[/]on-line[/]|@nats-io|node_modules[/]pg[/]/.test(url);

/** The files that a command and its workers have loaded, as V8 reports them. */
async function loadedBy(name: string, args: readonly string[]): Promise<readonly string[]> {
  const folder = tray.path(`coverage-${name}`);
  await station(args, { ...tray.environment, NODE_V8_COVERAGE: folder });
  return readdirSync(folder).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { result: readonly { url: string }[] };
    return result.map(({ url }) => url);
  });
}

/** The content of every file but the credentials themselves. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => !path.endsWith("station.creds") && statSync(path).isFile())
    .map((path) => readFileSync(path, "latin1"));
}
