import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCommandList } from "../../src/provisioning/command-list-decoder.ts";
import { FakeDevice, readVectors, report, successOf } from "./support/fake-device.ts";
import { Harness } from "./support/harness.ts";

const run = promisify(execFile);

let harness: Harness;
let folder: string;

beforeAll(async () => {
  harness = await Harness.start();
  folder = mkdtempSync(join(tmpdir(), "outside-"));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await harness.stop();
});

async function curl(
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly body: Buffer; readonly head: string }> {
  const [out, head] = [join(folder, "body"), join(folder, "head")];
  writeFileSync(out, "");
  const { stdout } = await run("curl", [
    "-sS",
    "--cacert",
    harness.service.caFile,
    "-o",
    out,
    "-D",
    head,
    "-w",
    "%{http_code}",
    ...args,
  ]);
  return { status: Number(stdout), body: readFileSync(out), head: readFileSync(head, "latin1") };
}

async function openssl(...args: readonly string[]): Promise<string> {
  const child = run("openssl", [...args]);
  child.child.stdin?.end();
  const { stdout } = await child;
  return stdout;
}

describe("curl", () => {
  it("walks the whole way: claim, queue, fetch, report, read the result", async () => {
    const device = new FakeDevice();
    const owner = harness.service.owner.replace("127.0.0.1", "localhost");
    const key = ["-H", `Authorization: ${harness.bearer}`];
    const json = [...key, "-H", "Content-Type: application/json"];
    const claim = JSON.stringify({ claimToken: device.attestation() });
    expect(await curl(`${owner}/v1/claimed-devices`, ...json, "-d", claim)).toMatchObject({ status: 201 });
    const path = `${owner}/v1/claimed-devices/${device.uuid}/provisioning`;
    const queued = await curl(path, ...json, "-d", '{"request":{"finished":{}}}');
    const { id } = JSON.parse(queued.body.toString()) as { readonly id: string };
    const fetched = await curl(
      `${harness.service.https}/v1/provisioning/commands?after=&rxMaxSize=2304&txMaxSize=2304&mver=1&cver=1&limit=10`,
      ...["-H", `Authorization: Bearer ${device.jwt()}`, "-H", "Accept: application/cbor"],
    );
    expect(fetched.status).toBe(200);
    expect(fetched.head).toMatch(/connection: close/i);
    const commands = decodeCommandList(fetched.body, { records: 20, input: "canonical" });
    const file = join(folder, "report");
    writeFileSync(file, report(successOf(commands, device)));
    const sent = await curl(
      `${harness.service.https}/v1/provisioning/response`,
      ...[
        "-H",
        `Authorization: Bearer ${device.jwt()}`,
        "-H",
        "Content-Type: application/cbor",
        "--data-binary",
        `@${file}`,
      ],
    );
    expect(sent).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    const status = await curl(`${path}/${id}`, ...key);
    expect(JSON.parse(status.body.toString())).toMatchObject({ status: "SUCCEEDED" });
    expect((await curl("-X", "DELETE", `${owner}/v1/claimed-devices/${device.uuid}`, ...key)).status).toBe(204);
  });

  it("gets 413 for a body of megabytes, announced or chunked, instead of a broken connection", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const file = join(folder, "big");
    writeFileSync(file, Buffer.alloc(3_000_000));
    const args = [
      "-H",
      `Authorization: Bearer ${device.jwt()}`,
      "-H",
      "Content-Type: application/cbor",
      "--data-binary",
      `@${file}`,
    ];
    const url = `${harness.service.https}/v1/provisioning/response`;
    expect((await curl(url, ...args)).status).toBe(413);
    writeFileSync(file, Buffer.alloc(200_000));
    expect((await curl(url, ...args, "-H", "Transfer-Encoding: chunked", "-H", "Expect:")).status).toBe(413);
  });

  it("gets 431 for a huge head and 400 for one that is no HTTP", async () => {
    expect((await curl(harness.service.https, "-H", `X: ${"x".repeat(20_000)}`)).status).toBe(431);
    expect((await curl(harness.service.https, "-H", "Host:")).status).toBe(400);
  });
});

describe("openssl", () => {
  it("verifies chain, name and purpose on both sides, by name and by address, with the strict checks", async () => {
    for (const port of [harness.service.httpsPort, harness.service.ownerPort]) {
      const common = ["s_client", "-connect", `127.0.0.1:${port}`, "-CAfile", harness.service.caFile, "-x509_strict"];
      const strict = [...common, "-verify_return_error", "-purpose", "sslserver"];
      expect(await openssl(...strict, "-servername", "localhost", "-verify_hostname", "localhost")).toContain(
        "Verify return code: 0 (ok)",
      );
      expect(await openssl(...strict, "-verify_ip", "127.0.0.1")).toContain("Verify return code: 0 (ok)");
      expect(await openssl(...strict, "-verify_ip", "::1")).toContain("Verify return code: 0 (ok)");
      await expect(openssl(...strict, "-verify_hostname", "other.example")).rejects.toThrow();
    }
  });

  it("connects with TLS 1.2 and 1.3, and is refused with TLS 1.1", async () => {
    const common = [
      "s_client",
      "-connect",
      `127.0.0.1:${harness.service.httpsPort}`,
      "-CAfile",
      harness.service.caFile,
    ];
    for (const version of ["-tls1_2", "-tls1_3"])
      expect(await openssl(...common, "-verify_return_error", version)).toContain("Verify return code: 0 (ok)");
    await expect(openssl(...common, "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0")).rejects.toThrow();
  });
});

describe("raw connections", () => {
  it("answers the requests of real devices, byte for byte as they send them", async () => {
    const vectors = readVectors("requests") as {
      readonly http: readonly { readonly name: string; readonly rawHex: string }[];
    };
    const device = new FakeDevice();
    await harness.claim(device);
    for (const { name, rawHex } of vectors.http) {
      const raw = Buffer.from(rawHex, "hex").toString("latin1").replace("dummy_json_web_token", device.jwt());
      const answer = await rawExchange(Buffer.from(raw, "latin1"));
      expect(`${name}: ${answer.slice(0, 12)}`).toBe(`${name}: HTTP/1.1 ${name.startsWith("get") ? "204" : "200"}`);
    }
  });

  it("answers 400 to garbage after the handshake, and survives garbage instead of one", async () => {
    expect(await rawExchange(Buffer.from("\u0000\u0001 garbage\r\n\r\n"))).toContain("400 Bad Request");
    await new Promise<void>((resolve) => {
      const socket = connectPlain(harness.service.httpsPort, "127.0.0.1", () => socket.end("GET / HTTP/1.0\r\n\r\n"));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve());
      socket.resume();
    });
    expect((await harness.owner("GET", "/v1/claimed-devices")).status).toBe(200);
  });
});

function rawExchange(bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: harness.service.httpsPort, ca: harness.ca };
    const socket = connectTls(options, () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
}
