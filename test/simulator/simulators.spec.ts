import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { parseFault } from "../../src/simulator/fault-order.ts";
import { startSimulators, type SimulatorOptions, type Simulators } from "../../src/simulator/simulators.ts";
import { TcpHost } from "./tcp-host.ts";

const running: Simulators[] = [];
const hosts: TcpHost[] = [];

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulators> {
  const simulators = await startSimulators({ units: 1, port: 0, ...options });
  running.push(simulators);
  return simulators;
}

async function open(simulators: Simulators, slot = 1): Promise<TcpHost> {
  const host = await TcpHost.open(simulators.units[slot - 1]!.link);
  hosts.push(host);
  return host;
}

async function failureOf(options: Partial<SimulatorOptions>): Promise<StationError> {
  const error: unknown = await start(options).catch((reason: unknown) => reason);
  if (error instanceof StationError) return error;
  throw new TypeError("started");
}

afterEach(async () => {
  for (const host of hosts.splice(0)) host.close();
  for (const simulators of running.splice(0)) await simulators.stop();
});

describe("startSimulators", () => {
  it("gives each unit a port of its own and the identity that it answers with", async () => {
    const simulators = await start({ units: 3 });
    expect(simulators.units.map((unit) => unit.slot)).toEqual([1, 2, 3]);
    expect(new Set(simulators.units.map((unit) => unit.link)).size).toBe(3);
    for (const { slot, uuid, imei, link } of simulators.units) {
      expect(link).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
      const host = await open(simulators, slot);
      expect(await host.ask("AT%DEVICEUUID")).toBe(`%DEVICEUUID: ${uuid}\r\nOK\r\n`);
      expect(await host.ask("AT+CGSN")).toBe(`${imei}\r\nOK\r\n`);
    }
  });

  it("is the same tray again for the same seed", async () => {
    const identity = async (seed: string) =>
      (await start({ units: 2, seed })).units.map(({ uuid, imei }) => [uuid, imei]);
    expect(await identity("a")).toEqual(await identity("a"));
    expect(await identity("a")).not.toEqual(await identity("b"));
  });

  it("counts the ports up from the first", async () => {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const address = probe.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const error = await failureOf({ units: 1, port });
    expect(error).toMatchObject({ code: "simulator.port-taken", facts: { port } });
    const second = await failureOf({ units: 2, port: port - 1 });
    expect(second).toMatchObject({ code: "simulator.port-taken" });
    probe.close();
    await once(probe, "close");
    const simulators = await start({ units: 1, port });
    expect(simulators.units[0]!.link).toBe(`tcp://127.0.0.1:${port}`);
  });

  it.each([
    [{ units: 0 }, "simulator.bad-option"],
    [{ units: 257 }, "simulator.bad-option"],
    [{ units: 1.5 }, "simulator.bad-option"],
    [{ units: 2, port: 65_535 }, "simulator.bad-option"],
    [{ units: 1, port: -1 }, "simulator.bad-option"],
    [{ units: 1, faults: [parseFault("2=mute")] }, "simulator.bad-fault"],
    [{ units: 1, logFile: join(tmpdir(), "no-such-folder-here", "x.jsonl") }, "simulator.storage"],
  ])("refuses %j as %s", async (options, code) => {
    expect((await failureOf(options)).code).toBe(code);
  });

  it("gives a slot its faults and leaves the others alone", async () => {
    const simulators = await start({ units: 2, faults: [parseFault("2=duplicate"), parseFault("2=echo")] });
    expect(simulators.units[1]!.uuid).toBe(simulators.units[0]!.uuid);
    expect(await (await open(simulators, 1)).ask("AT")).toBe("OK\r\n");
    expect(await (await open(simulators, 2)).ask("AT")).toContain("AT\r");
  });

  it.each(["shell", "crlf-lead", "echo-stuck"])("makes the port differently for %s", async (kind) => {
    const host = await open(await start({ faults: [parseFault(`1=${kind}`)] }));
    const answer = await host.ask("ATE0");
    expect(answer).toMatch({ shell: /command not found/, "crlf-lead": /^\r\nOK/, "echo-stuck": /^ATE0/ }[kind]!);
  });

  it("ends everything at a stop, also in the middle of a command", async () => {
    const simulators = await start({ latency: "realistic" });
    const host = await open(simulators);
    host.send("AT+CFUN=1\r");
    await Promise.all([simulators.stop(), simulators.stop(), host.closed]);
    await expect(TcpHost.open(simulators.units[0]!.link)).rejects.toThrow("ECONNREFUSED");
  });
});

describe("a simulated tcp port", () => {
  it("turns a second client away and keeps the first", async () => {
    const simulators = await start();
    const first = await open(simulators);
    const second = await open(simulators);
    await second.closed;
    expect(await first.ask("AT")).toBe("OK\r\n");
  });

  it("can be opened again at once after a close or a reset, a hundred times", async () => {
    const simulators = await start();
    for (let round = 0; round < 100; round++) {
      const host = await TcpHost.open(simulators.units[0]!.link);
      expect(await host.ask("AT")).toBe("OK\r\n");
      if (round % 2 === 0) host.close();
      else host.reset();
    }
  });

  it("closes on a disconnect fault, and for good on unplug", async () => {
    const simulators = await start({ faults: [parseFault("1=disconnect@jwt"), parseFault("1=unplug@claim")] });
    const first = await open(simulators);
    first.send("AT%JWT\r");
    await first.closed;
    const second = await open(simulators);
    expect(await second.ask("AT")).toBe("OK\r\n");
    second.send("AT%ATTESTTOKEN\r");
    await second.closed;
    await expect(open(simulators)).rejects.toThrow("ECONNREFUSED");
  });

  it("stands a client that floods and never reads", async () => {
    const simulators = await start();
    const socket: Socket = connect(Number(simulators.units[0]!.link.split(":")[2]), "127.0.0.1");
    socket.on("error", () => undefined);
    const flood = Buffer.from("AT%CMNG=1\r".repeat(2000));
    for (let round = 0; round < 5; round++) socket.write(flood);
    await once(socket, "drain");
    socket.destroy();
    expect(await (await open(simulators)).ask("AT")).toContain("OK\r\n");
  });
});

describe("the simulators' files", () => {
  const place = { folder: "" };

  beforeEach(async () => {
    place.folder = await mkdtemp(join(tmpdir(), "simulators-"));
  });

  afterEach(async () => {
    await rm(place.folder, { recursive: true });
  });

  it("keep the credentials over a stop, so that the board is the same one", async () => {
    const options = { folder: join(place.folder, "nvm") };
    const first = await start(options);
    const host = await open(first);
    await host.ask("AT+CFUN=4");
    await host.ask("AT%KEYGEN=1,2,1");
    await host.ask('AT%CMNG=0,2,0,"a\nb"');
    const before = await host.ask("AT%CMNG=1");
    const signed = await host.ask('AT%JWT=0,0,"","",1,2');
    await first.stop();
    const again = await open(await start(options));
    expect(await again.ask("AT%CMNG=1")).toBe(before);
    expect((await again.ask('AT%JWT=0,0,"","",1,2')).split(".")[0]).toBe(signed.split(".")[0]);
  });

  it("log every command with its waits and the totals, and nothing secret", async () => {
    const logFile = join(place.folder, "waits.jsonl");
    const simulators = await start({ units: 2, logFile, latency: "realistic" });
    const host = await open(simulators);
    for (const command of ["AT", "AT+CFUN=4", 'AT%CMNG=0,1,3,"5ec7e75ec7e7"', "AT%JWT"]) await host.ask(command);
    const totals = simulators.totals();
    await simulators.stop();
    const text = await readFile(logFile, "utf8");
    const rows = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map((row) => row["kind"])).toEqual(["command", "command", "command", "command", "totals", "totals"]);
    expect(rows[2]).toMatchObject({ slot: 1, command: "AT%CMNG=0,1,3… (28 characters)", work: 150, result: "OK" });
    expect(totals[0]).toMatchObject({ slot: 1, commands: 4, work: 20 + 300 + 150 + 350 });
    expect(totals[1]).toMatchObject({ slot: 2, commands: 0, waited: 0 });
    expect(totals[0]!.elapsed).toBeGreaterThan(totals[0]!.waited - 4);
    expect(text).not.toContain("5ec7e7");
    expect(text).not.toContain("eyJ");
  });
});
