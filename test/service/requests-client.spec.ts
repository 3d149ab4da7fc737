import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { report, FakeDevice } from "./support/fake-device.ts";
import { Harness, type Json } from "./support/harness.ts";
import { makeDeviceCertificate } from "./support/device-certificate.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Seen = { readonly status: number; readonly body: Json };

let harness: Harness;
const device = new FakeDevice();
let seen: Readonly<Record<string, Seen>>;
let values: Readonly<Record<string, Json>>;
const certificate = makeDeviceCertificate("unit-1");
let csr: Buffer;

function makeRequest(): Buffer {
  return execFileSync("openssl", [
    ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null"],
    ...["-subj", "/CN=unit-1/O=Line", "-outform", "DER", "-out", "-"],
  ]);
}

/** Python's requests is Debian's; scripts/test-programs.ts installs it. */
function pythonWithRequests(): string {
  const has = (python: string): boolean =>
    spawnSync(python, ["-c", "import requests"], { stdio: "ignore" }).status === 0;
  return ["python3", "/usr/bin/python3"].find(has) ?? "python3";
}

/** Does what is queued, as a device would, until there is nothing left. */
async function work(): Promise<void> {
  const list = await harness.fetch(device).catch(() => []);
  if (list.length === 0) return;
  const results = list.map((command) => {
    if (command.kind !== "at") return { kind: command.kind, id: command.id };
    const [, , content] = command.parameters.split(",");
    const keygen = content === "0" ? device.keygenOf(9, csr, 16842753) : "OK\r\n";
    return { kind: "at" as const, id: command.id, message: command.command === "%KEYGEN" ? keygen : "OK\r\n" };
  });
  await harness.post(device, report(results));
}

async function session(): Promise<string> {
  const script = fileURLToPath(new URL("./support/owner-session.py", import.meta.url));
  const { owner, caFile, ownerKey } = harness.service;
  const child = spawn(pythonWithRequests(), [script, owner, caFile, device.attestation(), device.uuid], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, OWNER_KEY: ownerKey.reveal(), DEVICE_CERTIFICATE: certificate, NO_PROXY: "*" },
  });
  const state = { output: "", ended: false };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (state.output += text));
  const ended = once(child, "close").then(() => (state.ended = true));
  while (!state.ended) await work();
  await ended;
  return state.output;
}

describe.runIf(process.platform === "linux")("an owner that uses Python's requests as the vendor's scripts do", () => {
  beforeAll(async () => {
    csr = makeRequest();
    harness = await Harness.start();
    const answers = JSON.parse(await session()) as Readonly<Record<string, unknown>>;
    seen = answers as typeof seen;
    values = answers as typeof values;
  });

  afterAll(() => harness.stop());

  const statuses = (...names: readonly string[]): readonly number[] => names.map((name) => seen[name]?.status ?? 0);

  it("gets the statuses that the scripts wait for", () => {
    expect(statuses("dry run", "tag", "rule", "claim", "claim again")).toEqual([202, 201, 201, 201, 409]);
    expect(statuses("csr", "client certificate", "server certificate", "finished")).toEqual([201, 201, 201, 201]);
    expect(statuses("csr state", "client state", "finished state")).toEqual([200, 200, 200]);
    expect(statuses("unclaim", "unclaim again")).toEqual([204, 404]);
    expect(statuses("unknown device", "onboard", "operation state", "device", "state", "name")).toEqual([
      ...[404, 202, 200, 200, 202, 202],
    ]);
    expect(statuses("account", "devices", "onboard again", "summary", "firmwares")).toEqual([200, 200, 202, 200, 200]);
  });

  it("gets the rules as items with their tags", () => {
    expect(seen["rules before"]?.body).toMatchObject({ items: [] });
    expect(seen["rules after"]?.body).toMatchObject({ items: [{ tags: ["line-tag"], active: true }] });
  });

  it("claims with tags that are joined by commas, and the rule of one of them applies", () => {
    expect(seen["claim"]?.body).toMatchObject({ id: device.uuid, tags: ["first", "line-tag"] });
    // The key to the cloud that the rule ordered has onboarded the device under its UUID.
    const ids = (seen["devices"]?.body["items"] as readonly Json[]).map(({ id }) => id);
    expect(ids).toEqual(["unit-1", device.uuid].toSorted().toReversed());
  });

  it("gets claimedIds and failed of a bulk claim that has no Content-Type", () => {
    for (const name of ["bulk", "bulk without tags"])
      expect(seen[name]).toMatchObject({
        status: 200,
        body: {
          claimedIds: [],
          failed: [{ row: 1, id: device.uuid, message: expect.stringContaining("your own team") as string }],
        },
      });
  });

  it("reads the CSR of a command's response", () => {
    const response = values["csr result"]?.["response"] as Json;
    const { csr: token } = response["certificateSigningRequest"] as { readonly csr: string };
    expect(Buffer.from(token.split(".")[0] ?? "", "base64url")).toEqual(csr);
    expect(seen["finished state"]?.body).toMatchObject({ status: "SUCCEEDED" });
  });

  it("onboards devices and reads the operation's values as texts", () => {
    expect(values["operation"]).toMatchObject({ status: "SUCCEEDED", endpoint: "PROVISION_DEVICES" });
    expect(Object.values(values["failed"] ?? {}).every((value) => typeof value === "string")).toBe(true);
    expect(seen["device"]?.body).toMatchObject({ id: "unit-1", tags: ["warehouse", "line"], type: "Generic" });
    expect(seen["devices by id"]?.body).toMatchObject({
      items: [
        { id: "unit-1", name: "350000000000001", firmware: { modem: "mfw_nrf91x1_2.0.2", supports: ["APP", "MODEM"] } },
      ],
    });
    expect(seen["account"]?.body).toMatchObject({
      team: { tenantId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
    });
  });

  it("finds the failed rows in the error summary, by their numbers from 0, without a key", () => {
    expect(values["failed"]).toMatchObject({ status: "FAILED" });
    const { errors } = seen["summary"]?.body as { readonly errors: readonly string[] };
    expect(errors.map((error) => /^\[(\d+)\]: \S/.exec(error)?.[1])).toEqual(["0", "1"]);
  });
});
