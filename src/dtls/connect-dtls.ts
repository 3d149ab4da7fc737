import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { abortReason, withLimit, type Clock } from "../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { lasting } from "../core/fact.ts";
import { realClock } from "../core/real-clock.ts";
import { Association } from "./association.ts";
import { anchorsDigest, readAnchors, type CertificateAnchor } from "./certificate/anchors.ts";
import type { DatagramPort, PeerAddress } from "./datagram-port.ts";
import { DrivenConnection } from "./driven-connection.ts";
import type { DtlsConnection } from "./dtls-connection.ts";
import type { ConnectDtls, DtlsClientOptions } from "./dtls-options.ts";
import { ClientHandshake } from "./handshake/client-handshake.ts";
import { Reassembly } from "./handshake/reassembly.ts";
import { RecordLayer } from "./record/record-layer.ts";
import { openClientUdp } from "./udp-port.ts";

const LIMIT = seconds(30);
/** A chain of ten certificates with room; of messages that are not complete yet twice that. */
const BOUNDS = { message: 65_536, total: 131_072 };
/** The network may say by mistake that nobody listens, or an outsider may; that often it is believed. */
const BELIEVED_REFUSALS = 3;

/** Codes after which another address of the same host is worth trying. */
const TRY_NEXT = new Set(["dtls.no-answer", "transport.refused", "transport.unreachable"]);

/**
 * Connects to a DTLS 1.2 server and checks that it is the one that is meant. Names with addresses of both families are tried
 * IPv4 first; a session of the store shortens the handshake when the server still knows it.
 * @throws StationError `transport.name-lookup`, `transport.refused`, `transport.unreachable`, `transport.bad-ca`,
 * `dtls.…`, or the signal's reason
 */
export const connectDtls: ConnectDtls = async (options) => {
  const clock = options.clock ?? realClock;
  const anchors = readAnchors(options.ca);
  const end = clock.monotonic() + (options.limit ?? LIMIT);
  const hosts = await addressesOf(options, clock);
  for (const [index, host] of hosts.entries()) {
    const limit = milliseconds(Math.max(0, (end - clock.monotonic()) / (hosts.length - index)));
    try {
      return await connectTo({ host, port: options.port }, options, { clock, anchors, limit });
    } catch (error) {
      const last = index === hosts.length - 1;
      if (last || !(error instanceof StationError) || !TRY_NEXT.has(error.code)) throw error;
    }
  }
  throw nameNotFound(options.host);
};

type Attempt = {
  readonly clock: Clock;
  readonly anchors: readonly CertificateAnchor[];
  readonly limit: Duration;
};

/** One address of each family, IPv4 first. */
async function addressesOf(options: DtlsClientOptions, clock: Clock): Promise<readonly string[]> {
  const { host } = options;
  if (isIP(host) !== 0) return [host];
  const onLimit = { code: "transport.name-lookup", what: "the name server did not answer", facts: { host } } as const;
  const look = (): Promise<readonly { readonly address: string; readonly family: number }[]> =>
    lookup(host, { all: true }).catch((cause: unknown) => Promise.reject(nameNotFound(host, cause)));
  const found = await withLimit(clock, options.limit ?? LIMIT, onLimit, look, options.signal);
  const first = [4, 6].map((family) => found.find((entry) => entry.family === family)?.address);
  return first.filter((address) => address !== undefined);
}

async function connectTo(peer: PeerAddress, options: DtlsClientOptions, attempt: Attempt): Promise<DtlsConnection> {
  if (options.signal?.aborted === true) throw abortReason(options.signal);
  const port = await (options.openPort ?? openClientUdp)(peer);
  return new Promise((resolve, reject) => {
    const handshake = handshakeFor(options, attempt);
    const association = new Association(handshake, new RecordLayer(), new Reassembly(BOUNDS));
    const settle = (): void => {
      stopWaiting();
      options.signal?.removeEventListener("abort", onAbort);
    };
    const connection = new DrivenConnection(association, peer, {
      clock: attempt.clock,
      transmit: (datagram, to) => port.send(datagram, to),
      onOpened: () => {
        settle();
        resolve(connection);
      },
      onEnded: (error) => {
        settle();
        // After the handshake this rejects what is resolved already, which does nothing.
        reject(withPeer(error ?? new StationError("dtls.closed", "the connection was closed"), options, attempt.limit));
        return port.close();
      },
    });
    const onAbort = (): void => {
      if (options.signal !== undefined) connection.dismiss(asReason(options.signal));
    };
    const stopWaiting = attempt.clock.after(attempt.limit, () => connection.giveUp());
    options.signal?.addEventListener("abort", onAbort, { once: true });
    attach(port, connection);
    if (options.signal?.aborted === true) onAbort();
    else connection.start();
  });
}

function attach(port: DatagramPort, connection: DrivenConnection): void {
  const heard = { datagrams: 0, refusals: 0 };
  port.onDatagram((datagram, from) => {
    heard.datagrams++;
    connection.receive(datagram, from);
  });
  port.onTrouble((error) => {
    if (connection.state !== "handshaking" || heard.datagrams > 0) return;
    if (error.code === "transport.refused" && ++heard.refusals < BELIEVED_REFUSALS) return;
    connection.abandon(error);
  });
}

function handshakeFor(options: DtlsClientOptions, { anchors, clock }: Attempt): ClientHandshake {
  const { sessions, host, port } = options;
  const serverName = options.serverName ?? host;
  const key = [serverName, host, port, anchorsDigest(anchors)].join(" ");
  return new ClientHandshake({
    serverName,
    anchors,
    now: () => clock.now(),
    session: sessions?.get(key),
    keepSession: (session) => (session === undefined ? sessions?.delete(key) : sessions?.put(key, session)),
  });
}

function asReason(signal: AbortSignal): StationError {
  const reason = abortReason(signal);
  return reason instanceof StationError
    ? reason
    : new StationError("station.aborted", "stopped", {}, { cause: reason });
}

const TIME_IS_UP = new Set(["dtls.no-answer", "dtls.handshake-timeout"]);

/** The error with the address, and the limit that is over, among its facts, as an engineer needs it. */
function withPeer(error: StationError, { host, port }: DtlsClientOptions, limit: Duration): StationError {
  const limited = TIME_IS_UP.has(error.code) ? { limit: lasting(limit) } : {};
  const facts = { ...error.facts, service: `${host}:${port}`, ...limited };
  return new StationError(error.code, error.message, facts, { cause: error.cause });
}

function nameNotFound(host: string, cause?: unknown): StationError {
  return new StationError("transport.name-lookup", "the host was not found", { host }, { cause });
}
