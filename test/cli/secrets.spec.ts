import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runsOf, eventsOf } from "../faults/support/audit-file.ts";
import { until } from "../faults/support/until.ts";
import { ask } from "../service/support/harness.ts";
import { startStation, type Ended } from "./station-process.ts";
import { callMain } from "./support/call-main.ts";
import { formsOf, foundIn, keySecrets, overheard, type Needle, type Planted } from "./support/secret-forms.ts";
import { Tap } from "./support/tap.ts";
import { PATIENCE, TrayLine } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const PASSWORD = `pw ${randomBytes(9).toString("hex")} Z!`;
const PSKS = [randomBytes(16), randomBytes(32), randomBytes(24)] as const;
const TOKEN = randomBytes(30).toString("base64url");
const INPUTS = ["keys", "owner-key", "ca-key.pem", "server-key.pem", "station-key.pem", "recipe.yaml", "failing.yaml"];

let line: TrayLine;
let taps: readonly Tap[];
let planted: readonly Planted[];
const said: { readonly what: string; readonly ended: Pick<Ended, "stdout" | "stderr"> }[] = [];

/** Unit 1 passes, 2 refuses a command that is unknown, 3 is cut off in mid-write of a key, 4 takes long there, 5 goes over CoAP. */
beforeAll(async () => {
  const faults = ["--fault", "3=unplug@/CMNG=0,1002/", "--fault", "4=slow:3000@/CMNG=0,1002/"];
  line = await TrayLine.start(5, faults, ["--coaps", "0"]);
  line.write("profile-coaps.yaml", line.coapsProfileText());
  taps = await Promise.all(line.modems.units.map(({ link }) => Tap.open(link.replace("tcp://", ""))));
  line.write(
    "fixture.yaml",
    line.fixtureText((slot) => ({ tcp: taps[slot - 1]?.address ?? "" })),
  );
  planted = plant();
});

afterAll(async () => {
  await Promise.all(taps.map((tap) => tap.close()));
  await line.stop();
});

function plant(): readonly Planted[] {
  const pair = (): ReturnType<typeof generateKeyPairSync>["privateKey"] =>
    generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const open = pair().export({ type: "pkcs8", format: "pem" }).toString();
  const options = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: PASSWORD } as const;
  const locked = pair().export(options).toString();
  mkdirSync(line.path("keys"));
  line.write("keys/device.pem", open);
  line.write("keys/locked.pem", locked);
  line.write("keys/psk.hex", `${PSKS[1].toString("hex")}\n`);
  const commands = [
    "clientPrivateKey: { secTag: 1001, key: { file: keys/device.pem } }",
    "clientPrivateKey: { secTag: 1002, key: { file: keys/locked.pem }, password: { env: SPEC_PASSWORD } }",
    "preSharedKey: { secTag: 1003, identity: spec, key: { env: SPEC_PSK } }",
    "preSharedKey: { secTag: 1004, identity: spec, key: { file: keys/psk.hex } }",
    "cloudAccessKeyGeneration: { secTag: 1006 }",
    `atCommand: { command: "%CMNG", parameters: '0,1005,3,"${PSKS[2].toString("hex")}"' }`,
  ];
  const recipe = (more: readonly string[]): string =>
    ["recipe: 1", "product: Secret", "revision: 1", "commands:", ...[...commands, ...more].map((each) => `  - ${each}`)]
      .join("\n")
      .concat("\n");
  line.write("recipe.yaml", recipe(["finished"]));
  line.write("failing.yaml", recipe([`atCommand: { command: "#XTOKEN", parameters: '1,"${TOKEN}"' }`, "finished"]));
  return [
    ...keySecrets("key", open),
    ...keySecrets("locked key", locked, PASSWORD),
    { name: "password", bytes: Buffer.from(PASSWORD) },
    ...PSKS.flatMap((psk, index) => [
      { name: `PSK ${index + 1}`, bytes: psk },
      { name: `PSK ${index + 1} as text`, bytes: Buffer.from(psk.toString("hex")) },
    ]),
    { name: "token of an AT command", bytes: Buffer.from(TOKEN) },
    { name: "owner's API key", bytes: Buffer.from(line.service.ownerKey) },
  ];
}

const environment = (): Readonly<Record<string, string>> => ({
  ...line.environment,
  SPEC_PASSWORD: PASSWORD,
  SPEC_PSK: PSKS[0].toString("hex"),
});

/** Starts a tray of one slot; what it says is searched later. */
function start(slot: string, recipe = "recipe.yaml", profile = "profile.yaml"): ReturnType<typeof startStation> {
  const args = line
    .runArguments("audit.db", ["--slots", slot], line.path(recipe))
    .map((arg) => (arg === line.path("profile.yaml") ? line.path(profile) : arg));
  const process = startStation(args, environment());
  void process.ended.then((ended) => said.push({ what: `run of slot ${slot}`, ended }));
  return process;
}

/** Everything that is searched for: what was planted and what the modems issued. */
function needles(): readonly Needle[] {
  return [...planted, ...taps.flatMap((tap) => overheard(tap.text))].flatMap(formsOf);
}

/** What is found in the files of the line that `wanted` names; the files that people wrote and the services' own keys apart. */
function leaks(wanted: (file: string) => boolean): readonly string[] {
  const files = readdirSync(line.folder, { recursive: true, encoding: "utf8" })
    .filter((file) => !INPUTS.some((input) => file.split(/[\\/]/).includes(input)) && wanted(file))
    .filter((file) => !isFolder(file));
  const all = needles();
  return files.flatMap((file) => foundIn(readFileSync(line.path(file)), all).map((name) => `${file}: ${name}`));
}

function isFolder(file: string): boolean {
  try {
    readdirSync(join(line.folder, file));
    return true;
  } catch {
    return false;
  }
}

const ofService = (file: string): boolean => file.startsWith("service");

/** The service keeps the answer to a key generation: it is what its owner asked for. */
const notForOwner = (found: string): boolean => !(ofService(found) && found.includes("key generation signature"));

async function exportAll(): Promise<void> {
  for (const format of ["csv", "jsonl"]) {
    const out = line.path(`export.${format}`);
    const ended = await callMain(["export", "--audit", line.path("audit.db"), "--format", format, "--out", out]);
    said.push({ what: `export ${format}`, ended });
  }
  said.push({ what: "verify", ended: await callMain(["verify", line.path("audit.db"), "--json"]) });
}

describe("secrets", () => {
  it("reach the modem and nothing else when a unit passes", async () => {
    const { code } = await start("1").ended;
    expect(code).toBe(0);
    const heard = taps[0]?.text ?? "";
    expect([PASSWORD, ...PSKS.map((psk) => psk.toString("hex"))].filter((text) => !heard.includes(text))).toEqual([]);
    expect(overheard(heard).map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "JWT signature",
        "attestation token",
        "attestation signature",
        "key generation signature",
      ]),
    );
    expect(leaks(() => true).filter(notForOwner)).toEqual([]);
  });

  it("reach the modem and nothing else when a unit passes over CoAP and DTLS", async () => {
    expect((await start("5", "recipe.yaml", "profile-coaps.yaml").ended).code).toBe(0);
    const heard = taps[4]?.text ?? "";
    expect([PASSWORD, ...PSKS.map((psk) => psk.toString("hex"))].filter((text) => !heard.includes(text))).toEqual([]);
    expect(overheard(heard).map(({ name }) => name)).toContain("JWT signature");
    expect(runsOf(line.path("audit.db")).at(-1)).toMatchObject({ slot: "5", outcome: "PASS" });
    expect(leaks(() => true).filter(notForOwner)).toEqual([]);
  });

  it("stay out of the records of a unit that fails, and of the service once it has delivered them", async () => {
    expect((await start("2", "failing.yaml").ended).code).toBe(1);
    expect(taps[1]?.text).toContain(TOKEN);
    expect(runsOf(line.path("audit.db")).at(-1)).toMatchObject({ slot: "2", outcome: "FAIL" });
    expect(leaks(() => true).filter(notForOwner)).toEqual([]);
  });

  it("stay out of the records of a unit that is cut off in mid-write", async () => {
    expect((await start("3").ended).code).toBe(1);
    expect(runsOf(line.path("audit.db")).at(-1)).toMatchObject({ slot: "3", outcome: "ERROR" });
    expect(leaks((file) => !ofService(file))).toEqual([]);
  });

  it("stay out of the files of a station that was killed in mid-write, its log not yet merged", async () => {
    const killed = start("4");
    const isWriting = (): boolean =>
      eventsOf(line.path("audit.db")).some(
        ({ type, slot, command }) =>
          type === "command.announced" && slot === "4" && /CMNG 0,1002/.test(command?.text ?? ""),
      );
    await until("the key is being written", isWriting);
    killed.kill("SIGKILL");
    await killed.ended;
    expect(readdirSync(line.folder)).toContain("audit.db-wal");
    expect(leaks((file) => !ofService(file))).toEqual([]);
    await exportAll();
    expect(runsOf(line.path("audit.db")).map(({ outcome }) => outcome)).toEqual([
      "PASS",
      "PASS",
      "FAIL",
      "ERROR",
      "ABORTED",
    ]);
    expect(leaks((file) => !ofService(file))).toEqual([]);
  });

  it("stay off every terminal", () => {
    expect(said.map(({ what }) => what)).toHaveLength(8);
    const all = needles();
    const found = said.flatMap(({ what, ended }) =>
      foundIn(Buffer.from(ended.stdout + ended.stderr), all).map((name) => `${what}: ${name}`),
    );
    expect(found).toEqual([]);
  });

  it("leave the service's database with the devices that they wait for", async () => {
    const waiting = leaks(ofService);
    expect(waiting.some((found) => found.startsWith("service/service.sqlite"))).toBe(true);
    for (const { uuid } of line.modems.units) {
      const url = `${line.service.owner}/v1/claimed-devices/${uuid}`;
      const key = { Authorization: `Bearer ${line.service.ownerKey}` };
      expect((await ask(url, line.read("service/ca.pem"), { method: "DELETE", headers: key })).status).toBe(204);
    }
    expect(leaks(ofService)).toEqual([]);
  });
});
