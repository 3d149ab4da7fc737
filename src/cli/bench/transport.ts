import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { connectDtls } from "../../dtls/connect-dtls.ts";
import type { ClientPortOpener } from "../../dtls/datagram-port.ts";
import type { ConnectDtls } from "../../dtls/dtls-options.ts";
import { SessionStore } from "../../dtls/session-store.ts";
import { openClientUdp } from "../../dtls/udp-port.ts";
import { ensureServerIdentity, type ServerIdentity } from "../../service/authority.ts";
import { startCoaps } from "../../service/coaps-server.ts";
import { startHttps } from "../../service/https-server.ts";
import { CoapsTransport } from "../../transport/coaps/coaps-transport.ts";
import { HttpsTransport } from "../../transport/https/https-transport.ts";
import type { CommandContext } from "../command.ts";
import { rounded, type BenchRow } from "./bench-row.ts";

const ROUNDS = 30;
const HOST = "127.0.0.1";
/** What a typical session carries: a token, a list with a certificate, a report with a public key. */
const SIZES = { token: 456, list: 1500, report: 700 } as const;

type Meter = { bytes: number };
type Side = {
  /** Sets up a connection as the first of a run does, and ends it. */
  readonly handshake: () => Promise<void>;
  /** A run's requests: token and list, then the report over a connection of its own. */
  readonly exchange: () => Promise<void>;
  readonly meter: Meter;
  readonly stop: () => Promise<void>;
};

/** Handshake, provisioning exchange and bytes on the wire (without IP heads) of both transports, on the loopback against bare servers. */
export async function benchTransport({ clock }: CommandContext): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "station-bench-"));
  try {
    const identity = ensureServerIdentity(folder, [HOST], clock);
    const https = await measured("https", await httpsSide(identity, clock), clock);
    const coaps = await measured("coaps", await coapsSide(identity, clock), clock);
    return [https, coaps].map((row) => ({
      ...row,
      exchange_to_https: rounded(row.exchange_ms / https.exchange_ms),
      bytes_to_https: rounded(row.exchange_bytes / https.exchange_bytes),
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(transport: string, side: Side, clock: Clock) {
  try {
    const handshake = await repeated(side.handshake, side.meter, clock);
    const exchange = await repeated(side.exchange, side.meter, clock);
    return {
      transport,
      handshake_ms: rounded(handshake.ms),
      handshake_bytes: handshake.bytes,
      exchange_ms: rounded(exchange.ms),
      exchange_bytes: exchange.bytes,
    };
  } finally {
    await side.stop();
  }
}

/** Medians over {@link ROUNDS}, after one round that is not counted. */
async function repeated(work: () => Promise<void>, meter: Meter, clock: Clock) {
  await work();
  const rounds: { readonly ms: number; readonly bytes: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    meter.bytes = 0;
    const begun = clock.monotonic();
    await work();
    rounds.push({ ms: clock.monotonic() - begun, bytes: meter.bytes });
  }
  return { ms: median(rounds.map(({ ms }) => ms)), bytes: median(rounds.map(({ bytes }) => bytes)) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function httpsSide(identity: ServerIdentity, clock: Clock): Promise<Side> {
  const meter: Meter = { bytes: 0 };
  const server = await startHttps({
    ...{ side: "device", host: HOST, port: 0, identity, clock, keepAlive: false, log: () => undefined },
    handler: (request) =>
      Promise.resolve(request.method === "GET" ? { status: 200, body: randomBytes(SIZES.list) } : { status: 200 }),
  });
  const relay = await countingRelay(server.port, meter);
  const transport = new HttpsTransport({ ca: identity.ca, clock, limits: { answerBytes: 4096 } });
  const place = { host: HOST, port: relay.port } as const;
  const headers = [["Authorization", `Bearer ${"t".repeat(SIZES.token)}`]] as const;
  const ask = async (method: "GET" | "POST", body?: Uint8Array): Promise<void> => {
    const path = `/v1/provisioning/${method === "GET" ? "commands?after=" : "response"}`;
    await transport.exchange({ ...place, method, path, headers, ...(body === undefined ? {} : { body }) });
  };
  return {
    meter,
    // HTTPS has no request without a body worth naming: the smallest report stands for the handshake.
    handshake: () => ask("POST", new Uint8Array(1)),
    async exchange() {
      await ask("GET");
      await ask("POST", randomBytes(SIZES.report));
    },
    async stop() {
      await relay.stop();
      await server.stop();
    },
  };
}

async function coapsSide(identity: ServerIdentity, clock: Clock): Promise<Side> {
  const meter: Meter = { bytes: 0 };
  const server = await startCoaps({
    ...{ host: HOST, port: 0, identity, clock, random: randomBytes },
    handler: () => (request) =>
      request.code === "0.01" ? { code: "2.05", payload: randomBytes(SIZES.list) } : { code: "2.04" },
    ...{ onRequest: () => undefined, onError: () => undefined },
  });
  const openPort = countingPorts(meter);
  const counted: ConnectDtls = (options) => connectDtls({ ...options, openPort });
  const place = { host: HOST, port: server.port, ca: identity.ca, clock };
  const sizes = { blockBytes: 512, answerBytes: 4096 };
  return {
    meter,
    async handshake() {
      const connection = await counted({ ...place, sessions: new SessionStore(clock) });
      await connection.close();
    },
    async exchange() {
      const transport = new CoapsTransport({ ...place, ...sizes, random: randomBytes, connect: counted });
      const post = { method: "POST", confirmable: true, contentFormat: 60 } as const;
      for (const path of ["p/cmd?after=", "p/rsp"]) {
        const association = await transport.connect();
        await association.exchange({ ...post, path: "p/auth-jwt", payload: randomBytes(SIZES.token) });
        if (path === "p/rsp") await association.exchange({ ...post, path, payload: randomBytes(SIZES.report) });
        else await association.exchange({ method: "GET", confirmable: true, path });
        await association.close();
      }
    },
    stop: () => server.stop(),
  };
}

function countingPorts(meter: Meter): ClientPortOpener {
  return async (to) => {
    const port = await openClientUdp(to);
    return {
      ...port,
      send(datagram, peer) {
        meter.bytes += datagram.length;
        port.send(datagram, peer);
      },
      onDatagram: (listener) =>
        port.onDatagram((datagram, from) => {
          meter.bytes += datagram.length;
          listener(datagram, from);
        }),
    };
  };
}

/** Passes TCP connections on and counts what goes both ways. */
async function countingRelay(port: number, meter: Meter) {
  const open = new Set<Socket>();
  const count = (from: Socket, to: Socket): void => {
    open.add(from);
    from.on("close", () => open.delete(from));
    from.on("data", (chunk: Buffer) => {
      meter.bytes += chunk.length;
    });
    from.on("error", () => to.destroy());
    from.pipe(to);
  };
  const server = createServer((near) => {
    const far = connect({ port, host: HOST });
    count(near, far);
    count(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const stop = (): Promise<void> => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { port: (server.address() as AddressInfo).port, stop };
}
