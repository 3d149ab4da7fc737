import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { askModem } from "../faults/support/ask-modem.ts";
import { station } from "./station-process.ts";
import { curl, openssl } from "./support/outside-programs.ts";
import { PATIENCE, TrayLine } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

let line: TrayLine;
let owner: string;
let key: readonly string[];

beforeAll(async () => {
  line = await TrayLine.start(3);
  owner = `https://localhost:${line.service.ownerPort}/v1`;
  key = ["-H", `Authorization: Bearer ${line.service.ownerKey}`];
});

afterAll(() => line.stop());

const call = (...args: readonly string[]): ReturnType<typeof curl> => curl(line.service.ca, ...args);
const post = (path: string, body: unknown): ReturnType<typeof curl> =>
  call(`${owner}/${path}`, ...key, "-H", "Content-Type: application/json", "-d", JSON.stringify(body));

/** Performs shell commands on a modem and answers what was printed. */
async function shell(unit: number, ...commands: readonly string[]): Promise<string> {
  const port = line.modems.units[unit]?.link ?? "";
  const lines = commands.flatMap((text) => ["--command", `nrf_provisioning ${text}`]);
  const ended = await station(["shell", port, "--flow", "none", "--profile", line.path("profile.yaml"), ...lines]);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return ended.stdout;
}

async function tokenOf(unit: number): Promise<string> {
  return /[\w-]{40,}\.[\w-]{40,}/.exec(await shell(unit, "token"))?.[0] ?? "";
}

describe("an owner with curl", () => {
  it("claims a unit, queues a command, sees it done and lets the unit go", async () => {
    const uuid = line.modems.units[0]?.uuid ?? "";
    const claimToken = await tokenOf(0);
    expect(await call(`${owner}/claimed-devices`)).toMatchObject({ status: 401 });
    expect(await post("claimed-devices?dryrun=true", { claimToken })).toMatchObject({ status: 202 });
    expect(await call(`${owner}/claimed-devices/${uuid}`, ...key)).toMatchObject({ status: 404 });
    expect(await post("claimed-devices", { claimToken, tags: ["spec"] })).toMatchObject({ status: 201 });
    const again = await post("claimed-devices", { claimToken });
    expect(again.status).toBe(409);
    expect(JSON.parse(again.body)).toMatchObject({ message: expect.any(String) as string });

    const provisioning = `claimed-devices/${uuid}/provisioning`;
    const request = {
      certificateSigningRequest: { secTag: 77, attributes: "O=Spec,CN=unit 1", keyUsage: "101010000" },
    };
    const queued = await post(provisioning, { description: "key and CSR", request });
    expect(queued.status).toBe(201);
    const { id } = JSON.parse(queued.body) as { readonly id: string };
    const status = async (): Promise<Status> =>
      JSON.parse((await call(`${owner}/${provisioning}/${id}`, ...key)).body) as Status;
    expect(await status()).toMatchObject({ status: "PENDING" });
    expect(await shell(0, "now")).toBe("START\nNEED_LTE_DEACTIVATED\nNEED_LTE_ACTIVATED\nNO_COMMANDS\nSTOP\n");
    const done = await status();
    expect(done.status).toBe("SUCCEEDED");
    const csr = await certificateRequest(done);
    expect(csr).toMatch(/verif\w+ OK/i);
    expect(csr).toMatch(/O ?= ?Spec.*CN ?= ?unit 1/);

    expect((await call("-X", "DELETE", `${owner}/claimed-devices/${uuid}`, ...key)).status).toBe(204);
    expect(await call(`${owner}/${provisioning}`, ...key)).toMatchObject({ status: 404 });
  });

  it("claims many units with a CSV, and learns which were not taken", async () => {
    const tokens = [await tokenOf(1), await tokenOf(2)];
    const rows = [...tokens.map((token) => `"${token}","a,b"`), '"2dn3hQFQ.bad","c"'].join("\r\n");
    // The vendor's scripts spell the header in this way, and send what their HTTP library thinks of as the type.
    const bulk = await call(`${owner}/claimed-devices`, ...key, "-H", "contentType: text/csv", "--data-binary", rows);
    expect(bulk.status).toBe(201);
    const answer = JSON.parse(bulk.body) as {
      readonly claimedIds: readonly string[];
      readonly failed: readonly unknown[];
    };
    expect([...answer.claimedIds].sort()).toEqual([1, 2].map((unit) => line.modems.units[unit]?.uuid).sort());
    expect(answer.failed).toHaveLength(1);
    expect(bulk.body).not.toContain(tokens[0]);
  });

  it.each<[string, readonly string[], number]>([
    ["another path", ["nothing"], 404],
    ["another method", ["claimed-devices", "-X", "PUT"], 405],
    ["no JSON", ["claimed-devices", "-H", "Content-Type: application/json", "-d", "{"], 400],
    ["another type", ["claimed-devices", "-H", "Content-Type: text/plain", "-d", "x"], 415],
    ["a field that is not known", ["claimed-devices", "-H", "Content-Type: application/json", "-d", '{"x":1}'], 400],
  ])("is told what is wrong: %s", async (_name, [path = "", ...args], status) => {
    const answer = await call(`${owner}/${path}`, ...key, ...args);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ message: expect.any(String) as string });
  });
});

describe("a stranger with curl at the device side", () => {
  it.each<[string, readonly string[], number]>([
    ["commands without a token", ["commands?after="], 401],
    ["commands with a token of nobody", ["commands", "-H", "Authorization: Bearer a.b.c"], 401],
    ["commands with the owner's key", ["commands", "-H", "Authorization: Bearer 0123456789abcdef"], 401],
    ["a report without a token", ["response", "-H", "Content-Type: application/cbor", "-d", "x"], 401],
    ["another path", ["nothing"], 404],
    ["the path above", [""], 404],
    ["commands by POST", ["commands", "-d", "x"], 405],
    ["a report by GET", ["response"], 405],
    ["another method", ["commands", "-X", "DELETE"], 405],
  ])("gets %s refused without a word", async (_name, [path = "", ...args], status) => {
    expect(await call(`https://localhost:${line.service.httpsPort}/v1/provisioning/${path}`, ...args)).toEqual({
      status,
      body: "",
    });
  });
});

describe("openssl", () => {
  it("verifies the certificates of both sides by the name localhost against the CA that was named", async () => {
    for (const port of [line.service.httpsPort, line.service.ownerPort]) {
      const connection = ["s_client", "-connect", `localhost:${port}`, "-CAfile", line.service.ca];
      const checks = ["-verify_return_error", "-verify_hostname", "localhost"];
      expect(await openssl([...connection, ...checks])).toContain("Verify return code: 0 (ok)");
    }
  });

  it("verifies the JWT of a modem with the key of the CSR that the modem made", async () => {
    const link = line.modems.units[1]?.link ?? "";
    const said = await askModem(link, ["AT+CFUN=4", "AT%KEYGEN=9,2,0", 'AT%JWT=0,0,"","",9,2']);
    const csr = Buffer.from(/%KEYGEN: "([^".]+)/.exec(said)?.[1] ?? "", "base64url");
    const [head = "", body = "", signature = ""] = /%JWT: "([^"]+)"/.exec(said)?.[1]?.split(".") ?? [];
    line.write("csr.pem", pem("CERTIFICATE REQUEST", csr));
    line.write("public.pem", await openssl(["req", "-in", line.path("csr.pem"), "-pubkey", "-noout"]));
    line.write("signature.b64", derSignature(Buffer.from(signature, "base64url")).toString("base64"));
    await openssl(["base64", "-d", "-A", "-in", line.path("signature.b64"), "-out", line.path("signature")]);
    const check = ["dgst", "-sha256", "-verify", line.path("public.pem"), "-signature", line.path("signature")];
    expect(await openssl(check, `${head}.${body}`)).toContain("Verified OK");
    await expect(openssl(check, `${head}.${body.slice(1)}`)).rejects.toThrow();
  });
});

type Status = { readonly status: string; readonly response?: { readonly certificateSigningRequest?: unknown } };

/** What openssl says of the CSR in the answer of a command. */
async function certificateRequest({ response }: Status): Promise<string> {
  const [text = ""] =
    JSON.stringify(response?.certificateSigningRequest ?? {}).match(/-----BEGIN [^"]+|MI[\w-]{100,}/) ?? [];
  const der = text.startsWith("-----") ? undefined : Buffer.from(text, "base64url");
  const file = line.write(
    "owner.pem",
    der === undefined ? text.replaceAll("\\n", "\n") : pem("CERTIFICATE REQUEST", der),
  );
  return openssl(["req", "-in", file, "-verify", "-noout", "-subject"]);
}

function pem(label: string, der: Buffer): string {
  const body = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`, ""].join("\n");
}

/** The two numbers of an ES256 signature as the DER sequence that openssl wants. */
function derSignature(raw: Buffer): Buffer {
  const number = (bytes: Buffer): Buffer => {
    const from = bytes.findIndex((byte) => byte !== 0);
    const short = bytes.subarray(from);
    const positive = (short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), short]) : short;
    return Buffer.concat([Buffer.from([0x02, positive.length]), positive]);
  };
  const body = Buffer.concat([number(raw.subarray(0, 32)), number(raw.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
