import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { openDatabase } from "../../src/service/database.ts";
import { MIGRATIONS } from "../../src/service/migrations.ts";
import { FakeDevice, privateKeyPem, report, successOf } from "./support/fake-device.ts";
import { ask, Harness, temporaryFolder, type Json } from "./support/harness.ts";
import { decodeCommandList } from "../../src/provisioning/command-list-decoder.ts";

const running = new Set<ChildProcess>();
const folders = new Set<string>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  running.clear();
  folders.clear();
});

function folder(): string {
  const made = temporaryFolder();
  folders.add(made);
  return made;
}

async function startProcess(dir: string) {
  const script = fileURLToPath(new URL("./support/service-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, dir], { stdio: ["ignore", "pipe", "inherit"] });
  running.add(child);
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { https, owner, key } = JSON.parse(line) as { https: string; owner: string; key: string };
  const ca = readFileSync(join(dir, "ca.pem"), "utf8");
  const call = async (method: string, path: string, value?: unknown) => {
    const reply = await ask(`${owner}${path}`, ca, {
      method,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      ...(value === undefined ? {} : { body: JSON.stringify(value) }),
    });
    return { status: reply.status, json: JSON.parse(reply.body.toString() || "{}") as Json };
  };
  const fetch = (device: FakeDevice, after = "") =>
    ask(`${https}/v1/provisioning/commands?after=${after}`, ca, {
      headers: { Authorization: `Bearer ${device.jwt()}` },
    });
  const send = (device: FakeDevice, body: Buffer) =>
    ask(`${https}/v1/provisioning/response`, ca, {
      method: "POST",
      headers: { Authorization: `Bearer ${device.jwt()}`, "Content-Type": "application/cbor" },
      body,
    });
  const kill = async () => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  return { call, fetch, send, kill, key, ca };
}

describe("kill -9", () => {
  it("loses nothing that was answered: claim, pin, queue, list, results, key and CA", async () => {
    const dir = folder();
    const device = new FakeDevice();
    const first = await startProcess(dir);
    await first.call("POST", "/v1/claimed-devices", { claimToken: device.attestation() });
    const path = `/v1/claimed-devices/${device.uuid}/provisioning`;
    const { json } = await first.call("POST", path, { request: { endorsementKeyGeneration: { secTag: 4 } } });
    const last = await first.call("POST", path, { request: { finished: {} } });
    await first.kill();

    const second = await startProcess(dir);
    expect([second.key, second.ca]).toEqual([first.key, first.ca]);
    const list = await second.fetch(device);
    expect(list.status).toBe(200);
    await second.kill();

    const third = await startProcess(dir);
    expect((await third.fetch(new FakeDevice(device.uuid))).status).toBe(401);
    const commands = decodeCommandList(list.body, { records: 20, input: "canonical" });
    expect((await third.send(device, report(successOf(commands, device)))).status).toBe(200);
    await third.kill();

    const fourth = await startProcess(dir);
    for (const made of [json, last.json])
      expect((await fourth.call("GET", `${path}/${String(made["id"])}`)).json["status"]).toBe("SUCCEEDED");
    expect((await fourth.fetch(device, commands.at(-1)?.id)).status).toBe(204);
  }, 60_000);
});

describe("the folder", () => {
  it("keeps keys, database and API key for their owner's eyes only, and the CA certificate for all", async () => {
    const harness = await Harness.start();
    const mode = (file: string) => statSync(join(harness.dir, file)).mode & 0o777;
    const modes = ["ca-key.pem", "server-key.pem", "owner-key", "service.sqlite", "ca.pem"].map(mode);
    // Windows knows no such modes: it shows what it has.
    const wanted = process.platform === "win32" ? modes : [0o600, 0o600, 0o600, 0o600, 0o644];
    expect(modes).toEqual(wanted);
    expect(readFileSync(join(harness.dir, "owner-key"), "utf8").trim()).toBe(harness.service.ownerKey.reveal());
    await harness.stop();
  });

  it("holds no secret of a command once its result is in, and never the API key's text in the database", async () => {
    const harness = await Harness.start();
    const device = new FakeDevice();
    const content = privateKeyPem();
    const secret = "c0ffee00c0ffee01c0ffee02c0ffee03";
    await harness.claim(device);
    await harness.queue(
      device,
      { clientPrivateKey: { secTag: 1, content, password: "planted-password" } },
      { preSharedKey: { secTag: 2, identity: "x", secret } },
      { atCommand: { command: "%CMNG", parameters: `0,3,3,"${secret}"` } },
    );
    const needles = [content.split("\n")[1] ?? "", "planted-password", secret, harness.service.ownerKey.reveal()];
    const files = () =>
      readdirSync(harness.dir)
        .filter((name) => name.startsWith("service.sqlite"))
        .map((name) => readFileSync(join(harness.dir, name), "latin1"))
        .join("");
    expect(files()).toContain(secret);
    await harness.report(device, successOf(await harness.fetch(device), device));
    for (const needle of needles) expect(files()).not.toContain(needle);
    await harness.stop();
  });

  it("drops secrets with the queue when a command fails and when a device is given up", async () => {
    const harness = await Harness.start();
    const devices = [new FakeDevice(), new FakeDevice()] as const;
    const secret = "facade00facade01facade02facade03";
    for (const device of devices) {
      await harness.claim(device);
      await harness.queue(
        device,
        { endorsementKeyGeneration: { secTag: 1 } },
        { preSharedKey: { secTag: 2, identity: "x", secret } },
      );
    }
    const [command] = await harness.fetch(devices[0]);
    await harness.report(devices[0], [{ kind: "error", id: command?.id ?? "", cme: 523, message: "" }]);
    await harness.owner("DELETE", `/v1/claimed-devices/${devices[1].uuid}`);
    for (const name of readdirSync(harness.dir))
      expect(readFileSync(join(harness.dir, name), "latin1")).not.toContain(secret);
    await harness.stop();
  });

  it("refuses a second service", async () => {
    const harness = await Harness.start();
    await expect(Harness.start({ dir: harness.dir })).rejects.toMatchObject({ code: "service.in-use" });
    await harness.stop();
  });

  it("refuses a damaged database and one of a newer version", async () => {
    const damaged = folder();
    writeFileSync(join(damaged, "service.sqlite"), "this is no database at all, whatever its name says".repeat(100));
    await expect(Harness.start({ dir: damaged })).rejects.toMatchObject({ code: "service.files-damaged" });
    const newer = folder();
    const database = new Database(join(newer, "service.sqlite"));
    database.pragma("user_version = 99");
    database.close();
    await expect(Harness.start({ dir: newer })).rejects.toMatchObject({ code: "service.newer-database" });
  });

  it("refuses a CA certificate whose key is gone instead of replacing it", async () => {
    const harness = await Harness.start();
    await harness.service.stop();
    rmSync(join(harness.dir, "ca-key.pem"));
    await expect(Harness.start({ dir: harness.dir })).rejects.toMatchObject({ code: "service.files-damaged" });
    rmSync(harness.dir, { recursive: true });
  });

  it("makes a new API key when the file is lost, and the old one opens nothing any more", async () => {
    const first = await Harness.start();
    const old = first.bearer;
    await first.service.stop();
    rmSync(join(first.dir, "owner-key"));
    const second = await Harness.start({ dir: first.dir });
    const reply = await ask(`${second.service.owner}/v1/claimed-devices`, second.ca, {
      headers: { Authorization: old },
    });
    expect(reply.status).toBe(401);
    expect((await second.owner("GET", "/v1/claimed-devices")).status).toBe(200);
    await second.stop();
  });

  it("names the port that is taken", async () => {
    const harness = await Harness.start();
    const port = harness.service.httpsPort;
    await expect(Harness.start({ dir: folder(), httpsPort: port })).rejects.toMatchObject({
      code: "service.port-refused",
      facts: { port },
    });
    await harness.stop();
  });
});

describe("migrations", () => {
  it("bring an empty database to version 2 once, and every constraint holds", () => {
    const dir = folder();
    const clock = new VirtualClock();
    openDatabase(dir).close();
    const database = openDatabase(dir);
    expect(database.pragma("user_version", { simple: true })).toBe(2);
    expect(database.pragma("synchronous", { simple: true })).toBe(2);
    expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
    const insert =
      "INSERT INTO owner_command (id, uuid, number, kind, description, request, status, created_at, updated_at)";
    expect(() =>
      database.exec(`${insert} VALUES ('a', 'nobody', 1, 'finished', '', '{}', 'PENDING', '', '${clock.now()}')`),
    ).toThrow(/FOREIGN KEY/);
    database.close();
  });

  it("leave a database as it was when one of them fails", () => {
    const dir = folder();
    openDatabase(dir).close();
    const broken = [{ version: 3, sql: "CREATE TABLE extra (a TEXT); CREATE TABLE device (a TEXT);" }];
    expect(() => openDatabase(dir, broken)).toThrow(expect.objectContaining({ code: "service.directory" }));
    const database = openDatabase(dir);
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'extra'").get()).toBeUndefined();
    database.close();
  });

  it("keep what version 1 held: keys, claims, keys that claims were signed with, rules and tags", async () => {
    const dir = folder();
    const [claimed, stranger] = [new FakeDevice(), new FakeDevice()];
    const old = openDatabase(dir, MIGRATIONS.slice(0, 1));
    const key = "k".repeat(64);
    old.exec(
      `INSERT INTO api_key VALUES ('${createHash("sha256").update(key).digest("hex")}', '2026-01-01T00:00:00.000Z')`,
    );
    const candidates = JSON.stringify([stranger.spki.toString("hex"), claimed.spki.toString("hex")]);
    const device = "INSERT INTO device (uuid, device_type, firmware_uuid, tags, candidates, claimed_at) VALUES";
    old.exec(`${device} ('${claimed.uuid}', 6, 'f', '["t"]', '${candidates}', '2026-01-01T00:00:00.000Z')`);
    const commands = JSON.stringify([{ description: "", request: { kind: "finished", options: {} } }]);
    old.exec(`INSERT INTO rule VALUES ('r', 'R', '', 1, '${commands}', '["t"]', '2026-01-01T00:00:00.000Z')`);
    old.exec("INSERT INTO tag VALUES ('t', 'a tag', '2026-01-01T00:00:00.000Z')");
    old.close();
    writeFileSync(join(dir, "owner-key"), `${key}\n`);

    const harness = await Harness.start({ dir });
    expect(harness.bearer).toBe(`Bearer ${key}`);
    expect((await harness.owner("GET", "/v1/claimed-devices")).json).toMatchObject({
      total: 1,
      items: [{ id: claimed.uuid }],
    });
    expect((await harness.owner("GET", "/v1/provisioning/tags")).json).toMatchObject({ items: [{ tag: "t" }] });
    expect((await harness.get(new FakeDevice(claimed.uuid))).status).toBe(401);
    expect((await harness.fetch(claimed)).map(({ kind }) => kind)).toEqual(["finished"]);
    await harness.stop();
  });
});
