import Database from "better-sqlite3";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DeviceUuid } from "../../src/core/ids.ts";
import { NatsServer } from "../fakes/line/nats-server.ts";
import { LineStation } from "../line/units/line-station.ts";
import { lastJson, startStation, station, type Ended } from "./station-process.ts";
import { PATIENCE, TrayLine } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const LEASE = 5;
let tray: TrayLine;
let server: NatsServer;
let other: LineStation;

/** Writes the line file of a station. */
function lineFile(name: string, whenAway: "refuse" | "alone"): void {
  writeFileSync(
    tray.path(`${name}-${whenAway}.yaml`),
    `schema: 1
name: line 7
station: { name: ${name} }
servers: [ "nats://127.0.0.1:${server.port}" ]
limits: { connectSeconds: 1, requestSeconds: 1 }
interlock: { whenAway: ${whenAway}, leaseSeconds: ${LEASE}, training: true }
`,
  );
}

beforeAll(async () => {
  server = await NatsServer.start();
  tray = await TrayLine.start(4, ["--fault", "3=slow:4000@write*1"]);
  for (const name of ["a", "b"]) for (const whenAway of ["refuse", "alone"] as const) lineFile(name, whenAway);
  await station(["line", "setup", "--line", tray.path("a-refuse.yaml")]);
  other = new LineStation(9, [server.url], { leaseSeconds: LEASE }, { connectSeconds: 1, requestSeconds: 1 });
});
afterAll(async () => {
  await other.close();
  await tray.stop();
  await server.stop();
});

const argumentsOf = (name: string, slot: string, whenAway: string, more: readonly string[] = []): readonly string[] =>
  tray.runArguments(`${name}.db`, ["--line", tray.path(`${name}-${whenAway}.yaml`), "--slots", slot, ...more]);
const run = (name: string, slot: string, whenAway = "refuse", more: readonly string[] = []): Promise<Ended> =>
  station(argumentsOf(name, slot, whenAway, more), tray.environment);
const sync = (name: string): Promise<Ended> =>
  station(["line", "sync", "--line", tray.path(`${name}-alone.yaml`), "--audit", tray.path(`${name}.db`), "--json"]);
const unitIn = (slot: string): DeviceUuid => tray.modems.units.find((unit) => unit.slot === slot)?.uuid as DeviceUuid;

function bodies(name: string, type: string): readonly Readonly<Record<string, unknown>>[] {
  const db = new Database(tray.path(`${name}.db`), { readonly: true });
  try {
    const found = db.prepare<[string], string>("SELECT body FROM event WHERE type = ? ORDER BY position").pluck();
    return found.all(type).map((body) => JSON.parse(body) as Record<string, unknown>);
  } finally {
    db.close();
  }
}
const codeOf = (name: string): unknown => {
  const { error } = bodies(name, "run.finished").at(-1) as { readonly error?: { readonly code: string } };
  return error?.code;
};

describe("stations of a line on the command line", () => {
  it("know what another one passed, and go over it only on purpose", async () => {
    expect(await run("a", "1")).toMatchObject({ code: 0 });
    expect(await run("b", "1")).toMatchObject({ code: 1 });
    expect(codeOf("b")).toBe("line.passed-before");
    expect(await run("b", "1", "refuse", ["--again"])).toMatchObject({ code: 0 });
    expect((await other.ask(unitIn("1"))).hold).toBeDefined();
  });

  it("leave a unit alone that another one works on", async () => {
    const held = await other.ask(unitIn("2"));
    expect(await run("a", "2")).toMatchObject({ code: 1 });
    expect(codeOf("a")).toBe("line.unit-elsewhere");
    expect(bodies("a", "command.announced").filter(({ slot }) => slot === "2")).toEqual([]);
    other.end(held, "FAIL");
    expect(await run("a", "2")).toMatchObject({ code: 0 });
  });

  it("keep a killed one's unit for a lease, and let it have it back", async () => {
    const killed = startStation(argumentsOf("a", "3", "refuse"), tray.environment);
    const isAtWork = (): boolean => bodies("a", "command.announced").some(({ slot }) => slot === "3");
    await expect.poll(isAtWork, { timeout: 20_000 }).toBe(true);
    killed.kill("SIGKILL");
    await killed.ended;
    const since = performance.now();
    expect((await other.ask(unitIn("3"))).refusal?.code).toBe("line.unit-elsewhere");
    await expect.poll(async () => (await other.ask(unitIn("3"))).hold, { timeout: 10_000 }).toBeDefined();
    expect(performance.now() - since).toBeLessThan((LEASE + 1) * 1000);
  });

  it("refuse their runs while the line is away, or go on alone and are compared afterwards", async () => {
    await server.kill();
    expect(await run("a", "4")).toMatchObject({ code: 1 });
    expect(codeOf("a")).toBe("line.away");
    const alone = await run("a", "4", "alone");
    expect(alone).toMatchObject({ code: 0 });
    expect(alone.stderr).toContain("slot 4: the line is out of reach; the run goes on alone");
    expect(await run("b", "4", "alone")).toMatchObject({ code: 0 });
    await server.restart();
    expect(await sync("a")).toMatchObject({ code: 0 });
    const conflict = await sync("b");
    expect(lastJson(conflict)).toMatchObject({ waiting: 0 });
    expect(conflict.stderr).toContain(`unit ${unitIn("4")}: station a worked on it too`);
    expect(bodies("a", "line.alone")).toMatchObject([{ uuid: unitIn("4"), reason: "unclaimed" }]);
    expect(bodies("a", "line.reconciled")).toMatchObject([{ uuid: unitIn("4") }]);
    expect(bodies("b", "line.conflict")).toMatchObject([{ uuid: unitIn("4"), what: "passed", other: "a" }]);
    for (const name of ["a", "b"])
      expect(await station(["verify", tray.path(`${name}.db`)])).toMatchObject({ code: 0 });
  });
});
