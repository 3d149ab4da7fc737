import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Central, type CentralReader } from "../../../main/shared-line/central.ts";
import { LineChoiceFile } from "../../../main/shared-line/line-choice-file.ts";
import { lineHandlers } from "../../../main/shared-line/line-desk.ts";
import { LineSecrets } from "../../../main/shared-line/line-secrets.ts";
import { openSharedLine } from "../../../main/shared-line/shared-line.ts";
import { LineSettingsSchema } from "../../../src/contract/desktop-line.ts";
import { LineFileSchema } from "../../../src/contract/line-file.ts";
import { StationError } from "../../../src/core/error.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { StationFiles } from "../../../src/station/batch-plan.ts";
import { loadDocument } from "../../../src/station/files/load-document.ts";
import { failureOf } from "../../audit/samples.ts";
import { fakeSystem, vaultRig } from "../vault/vault-rig.ts";

const vaults = vaultRig();
const ADDRESS = new Secret("postgres://reader:planted-password-0815@db.example/line");
const SEED = "SUAPLANTEDSEED";

/** A line desk over a data folder; `protects`: the system has a store for keys. */
async function rig(
  protects = true,
  { started = null as string | null, problem = undefined as StationError | undefined } = {},
) {
  const { folder, open, everything } = vaults();
  const vault = await open(fakeSystem("this machine", protects));
  const dialogs: { line?: string; credentials?: string } = {};
  const did: string[] = [];
  const secrets = new LineSecrets(vault);
  const failing: { check?: StationError; busy?: StationError } = {};
  const central = new Central(secrets, (address) => {
    did.push(`open ${address.reveal().startsWith("postgres") ? "postgres" : "file"}`);
    const check = () => (failing.check === undefined ? Promise.resolve() : Promise.reject(failing.check));
    const stations = () => Promise.resolve([]);
    const close = () => Promise.resolve(void did.push("close"));
    return Promise.resolve({ check, stations, close } as unknown as CentralReader);
  });
  const choice = new LineChoiceFile(join(folder, "shared-line.json"));
  const handlers = lineHandlers({
    ...{ choice, secrets, central },
    dialogs: {
      openLineFile: () => Promise.resolve(dialogs.line),
      openCredentials: () => Promise.resolve(dialogs.credentials),
    },
    readLine: async (path) => (await loadDocument(path, LineFileSchema)).value,
    readCredentials: (path) =>
      path.endsWith(".creds")
        ? Promise.resolve(new Secret(SEED))
        : Promise.reject(new StationError("line.credentials", "none")),
    started: { file: started, ...(problem === undefined ? {} : { problem }) },
    seen: () => Promise.resolve(void did.push("seen")),
    requireIdle: () => {
      if (failing.busy !== undefined) throw failing.busy;
    },
    restart: () => void did.push("restart"),
  });
  const lineFile = (name: string, servers = "tls://nats1.example:4222", credentials = "{ vault: true }"): string => {
    mkdirSync(folder, { recursive: true });
    const text = `schema: 1\nname: Line 3\nstation: { name: bench-1 }\nservers: ["${servers}"]\ncredentials: ${credentials}\n`;
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const settings = async () => LineSettingsSchema.parse(await handlers["line.settings"](null));
  return { handlers, dialogs, did, failing, choice, secrets, folder, everything, lineFile, settings };
}

describe("the settings of the line", () => {
  it("are none at first, and a chosen file counts from the next start", async () => {
    const { handlers, dialogs, lineFile, settings, choice } = await rig();
    expect(await settings()).toEqual({
      ...{ file: null, keeping: "system", restart: false },
      ...{ credentials: { from: "none", wanted: false }, database: { from: "none", wanted: false } },
    });
    expect(choice.start).toBeUndefined();
    expect(await handlers["line.choose"]({ fromNow: true })).toMatchObject({ file: null, restart: false });
    dialogs.line = lineFile("line.yaml");
    expect(await handlers["line.choose"]({ fromNow: true })).toMatchObject({
      ...{ file: dialogs.line, name: "Line 3", servers: ["tls://nats1.example:4222"], restart: true },
      credentials: { from: "none", wanted: true },
    });
    expect(choice.start).toBe("from-now");
    await handlers["line.leave"](null);
    expect(await settings()).toMatchObject({ file: null });
  });

  it("are not changed by a file that is none", async () => {
    const { handlers, dialogs, lineFile, settings } = await rig();
    dialogs.line = lineFile("line.yaml", "nats://elsewhere.example:4222");
    expect(await failureOf(Promise.resolve(handlers["line.choose"]({ fromNow: false })))).toMatchObject({
      code: "file.invalid",
    });
    expect(await settings()).toMatchObject({ file: null });
  });

  it("hold the credentials in the vault, for the servers of this line alone", async () => {
    const { handlers, dialogs, lineFile, settings, secrets, everything } = await rig();
    dialogs.credentials = "bench-1.creds";
    const keep = () => Promise.resolve(handlers["line.keep-credentials"]({ keep: "vault" }));
    expect(await failureOf(keep())).toMatchObject({ code: "desktop.no-line" });
    dialogs.line = lineFile("line.yaml");
    await handlers["line.choose"]({ fromNow: false });
    expect(await keep()).toMatchObject({ credentials: { from: "vault", protection: "system" }, restart: true });
    expect((await secrets.credentials({ servers: ["tls://nats1.example:4222"] })).secret?.reveal()).toBe(SEED);
    const elsewhere = await secrets.credentials({ servers: ["tls://other.example:4222"] });
    expect(elsewhere).toMatchObject({ problem: { code: "vault.other-address" } });
    expect(JSON.stringify(await settings()) + everything()).not.toContain(SEED);
    dialogs.credentials = "notes.txt";
    expect(await failureOf(keep())).toMatchObject({ code: "line.credentials" });
    expect(await handlers["line.forget-credentials"](null)).toMatchObject({ credentials: { from: "none" } });
  });

  it("say where credentials come from that are not in the vault", async () => {
    const { handlers, dialogs, lineFile } = await rig();
    dialogs.line = lineFile("line.yaml", "tls://nats1.example:4222", "{ environment: LINE_CREDS }");
    const chosen = await handlers["line.choose"]({ fromNow: false });
    expect(chosen.credentials).toEqual({ from: "environment", name: "LINE_CREDS" });
  });

  it("take a central database once it was reached, and never give its address back", async () => {
    const { handlers, failing, did, settings, everything } = await rig();
    expect(await failureOf(Promise.resolve(handlers["line.stations"](null)))).toMatchObject({
      code: "desktop.no-central",
    });
    failing.check = new StationError("collect.unreachable", "nobody there");
    const keep = () => Promise.resolve(handlers["line.keep-database"]({ address: ADDRESS, keep: "vault" }));
    expect(await failureOf(keep())).toMatchObject({ code: "collect.unreachable" });
    expect(await settings()).toMatchObject({ database: { from: "none" } });
    delete failing.check;
    expect(await keep()).toMatchObject({ database: { from: "vault", protection: "system" }, restart: false });
    expect(await handlers["line.stations"](null)).toEqual([]);
    expect(JSON.stringify(await settings()) + everything()).not.toContain("planted-password");
    expect(await handlers["line.forget-database"](null)).toMatchObject({ database: { from: "none" } });
    expect(did).toEqual(["open postgres", "close", "open postgres", "close", "open postgres", "close"]);
  });

  it("keep nothing unprotected that nobody insisted on", async () => {
    const { handlers } = await rig(false);
    const keep = (how: "vault" | "unprotected") =>
      Promise.resolve(handlers["line.keep-database"]({ address: ADDRESS, keep: how }));
    expect(await failureOf(keep("vault"))).toMatchObject({ code: "vault.unprotected" });
    expect(await keep("unprotected")).toMatchObject({ database: { from: "vault", protection: "file" } });
  });

  it("tell why the line that was started with cannot be used", async () => {
    const { lineFile, choice, settings } = await rig(true, {
      started: "/gone/line.yaml",
      problem: new StationError("file.missing", "there is no such file"),
    });
    await choice.choose("/gone/line.yaml");
    expect(await settings()).toMatchObject({ problem: { code: "file.missing" }, restart: false });
    await choice.choose(lineFile("line.yaml"));
    const now = await settings();
    expect(now).toMatchObject({ restart: true });
    expect(now.problem).toBeUndefined();
  });

  it("start the station anew while nothing runs, and note what was seen", async () => {
    const { handlers, did, failing } = await rig();
    failing.busy = new StationError("desktop.line-busy", "runs are active");
    expect(() => handlers["line.restart"](null)).toThrow("runs are active");
    delete failing.busy;
    await handlers["line.restart"](null);
    await handlers["line.seen"](null);
    expect(did).toEqual(["restart", "seen"]);
  });
});

describe("a line that cannot be used", () => {
  const files = (simulated: boolean) =>
    ({ profile: { service: "nrf-cloud" }, ...(simulated ? { simulated: true } : {}) }) as unknown as StationFiles;

  it("lets simulated boards start and nothing else", async () => {
    const problem = new StationError("file.missing", "there is no such file");
    const line = await openSharedLine("/gone/line.yaml", () => Promise.reject(problem));
    expect(line.problem).toBe(problem);
    expect(await failureOf(line.guard!.requireCovered(files(false)))).toMatchObject({ code: "file.missing" });
    await line.guard!.requireCovered(files(true));
    await line.close();
  });

  it("is not there where none was chosen", async () => {
    const line = await openSharedLine(null, () => Promise.reject(new Error("nobody asked")));
    expect([line.guard, line.interlock, line.watch]).toEqual([undefined, undefined, undefined]);
  });
});
