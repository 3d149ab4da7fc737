import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CoapClient } from "../../src/coap/client.ts";
import { OPTION, textOption } from "../../src/coap/options.ts";
import { transfer, type CoapTransfer } from "../../src/coap/transfer.ts";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { sleep } from "../../src/core/clock.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { connectDtls } from "../../src/dtls/connect-dtls.ts";
import type { DtlsConnection } from "../../src/dtls/dtls-connection.ts";
import { ensureServerIdentity, type ServerIdentity } from "../../src/service/authority.ts";
import { startCoaps, type CoapsService } from "../../src/service/coaps-server.ts";

const HOST = "127.0.0.1";
const filled = (size: number): Buffer => Buffer.from(Array.from({ length: size }, (_, at) => 33 + ((at * 7) % 90)));
const LIMITS = { block: 512, body: 65_536 } as const;

const place = { folder: mkdtempSync(join(tmpdir(), "libcoap-")) };
let identity: ServerIdentity;

beforeAll(() => {
  identity = ensureServerIdentity(place.folder, [HOST], realClock);
});

afterAll(() => rmSync(place.folder, { recursive: true, force: true }));

// libcoap's programs are Debian's; scripts/test-programs.ts installs them.
describe.runIf(process.platform === "linux").each(["openssl", "gnutls"])("libcoap's client on %s", (library) => {
  const bodies: Uint8Array[] = [];
  let server: CoapsService;

  beforeAll(async () => {
    server = await startCoaps({
      ...{ host: HOST, port: 0, identity, clock: realClock, random: randomBytes },
      handler:
        () =>
        ({ code, path, payload }) => {
          if (code === "0.01") return { code: "2.05", payload: filled(Number(path[0])) };
          bodies.push(payload);
          return { code: "2.04", payload };
        },
      onRequest: () => undefined,
      onError: () => undefined,
    });
  });

  afterAll(() => server.stop());

  it.each([
    [12, []],
    [8192, []],
    [2304, ["-b", "64", "-l", "12,18"]],
  ])("reads %i bytes, some datagrams lost: %j", async (size, more) => {
    const read = await client(library, ["-m", "get", ...more], `coaps://${HOST}:${server.port}/${size}`);
    expect(read.equals(filled(size))).toBe(true);
  });

  it.each([
    [12, []],
    [8192, []],
    [2304, ["-b", "64", "-l", "12,18"]],
  ])("sends %i bytes and reads them back, some datagrams lost: %j", async (size, more) => {
    const file = join(place.folder, "body");
    writeFileSync(file, filled(size));
    bodies.length = 0;
    const read = await client(library, ["-m", "post", "-f", file, ...more], `coaps://${HOST}:${server.port}/x`);
    expect(read.equals(filled(size))).toBe(true);
    expect(bodies.map(({ length }) => length)).toEqual([size]);
  });
});

describe.runIf(process.platform === "linux").each(["openssl", "gnutls"])("libcoap's server on %s", (library) => {
  let server: ChildProcess;
  let connection: DtlsConnection;
  let ask: (request: CoapTransfer) => ReturnType<typeof transfer>;

  beforeAll(async () => {
    const [certificate, key] = [join(place.folder, "server.pem"), join(place.folder, "server-key.pem")];
    const port = await freePort();
    const args = ["-A", HOST, "-p", String(port - 1), "-c", certificate, "-j", key, "-n", "-v", "3"];
    server = spawn(`coap-server-${library}`, args, { stdio: "ignore" });
    connection = await connected(port);
    const one = new CoapClient({ channel: connection, clock: realClock, random: randomBytes });
    ask = (request) => transfer((message) => one.ask(message), request, LIMITS, randomBytes);
  });

  afterAll(async () => {
    await connection.close();
    const gone = once(server, "exit");
    server.kill();
    await gone;
  });

  it("answers a request", async () => {
    const answer = await ask({ code: "0.01", confirmable: true, options: [], payload: new Uint8Array() });
    expect(answer.code).toBe("2.05");
    expect(Buffer.from(answer.payload).toString()).toContain("libcoap");
  });

  it("keeps 8 KB in blocks and gives them back in blocks", async () => {
    const options = [textOption(OPTION.uriPath, "example_data")];
    const put = await ask({ code: "0.03", confirmable: true, options, payload: filled(8192) });
    expect(["2.01", "2.04"]).toContain(put.code);
    const answer = await ask({ code: "0.01", confirmable: true, options, payload: new Uint8Array() });
    expect(Buffer.from(answer.payload).equals(filled(8192))).toBe(true);
  });

  it("answers a separate response", async () => {
    const options = [textOption(OPTION.uriPath, "async"), textOption(OPTION.uriQuery, "1")];
    const answer = await ask({ code: "0.01", confirmable: true, options, payload: new Uint8Array() });
    expect(answer.code).toBe("2.05");
  });

  it("answers 4.04 for what it does not have", async () => {
    const options = [textOption(OPTION.uriPath, "nothing-of-that-name")];
    const answer = await ask({ code: "0.01", confirmable: true, options, payload: new Uint8Array() });
    expect(answer.code).toBe("4.04");
  });
});

/** Runs libcoap's client; answers what it received. */
async function client(library: string, args: readonly string[], uri: string): Promise<Buffer> {
  const out = join(place.folder, "out");
  rmSync(out, { force: true });
  const child = spawn(`coap-client-${library}`, ["-B", "60", "-C", identity.caFile, "-o", out, ...args, uri], {
    stdio: "ignore",
  });
  await once(child, "exit");
  return readFileSync(out);
}

/** A UDP port that is free together with the one below it, which libcoap's server takes too. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, HOST, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** Connects as soon as the server is there. */
async function connected(port: number): Promise<DtlsConnection> {
  const end = realClock.monotonic() + 20_000;
  for (;;) {
    try {
      return await connectDtls({ host: HOST, port, ca: identity.ca, clock: realClock, limit: seconds(10) });
    } catch (error) {
      if (realClock.monotonic() > end) throw error;
      await sleep(realClock, milliseconds(50));
    }
  }
}
