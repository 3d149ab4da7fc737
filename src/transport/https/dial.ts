import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import { StationError } from "../../core/error.ts";
import { Journey } from "./journey.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { openTunnel } from "./proxy-tunnel.ts";
import { socketEvent } from "./socket-event.ts";
import { transportError } from "./transport-error.ts";

/** How long one of several addresses of a name is tried before the next one. */
const ADDRESS_ATTEMPT_MS = 2500;

/** Whom to trust, and through what. */
export type Route = {
  readonly trust: SecureContext;
  readonly proxy?: ProxyAddress;
};

/** The oldest TLS that is spoken. */
const OLDEST = "TLSv1.2";

/**
 * Trust in these PEM certificates and in nothing else. To be made once for many connections: each takes some 36 KB outside of what
 * V8 counts, which lies about for long once the connection is over.
 */
export function trustIn(ca: readonly string[]): SecureContext {
  return createSecureContext({ ca: [...ca], minVersion: OLDEST });
}

/**
 * Opens a verified TLS connection to the service: chain to the route's CAs, host name and dates, TLS 1.2 or newer.
 * @throws StationError transport.*; the journey's step tells how far it came
 */
export async function dial(journey: Journey, route: Route, signal: AbortSignal): Promise<TLSSocket> {
  const way =
    route.proxy === undefined ? await openTcp(journey, signal) : await openThroughProxy(route.proxy, journey, signal);
  return secure(way, { host: journey.host, trust: route.trust }, journey, signal);
}

async function openTcp(journey: Journey, signal: AbortSignal): Promise<Socket> {
  try {
    const socket = connectTcp({
      host: journey.host,
      port: journey.port,
      noDelay: true,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    });
    if (isIP(journey.host) !== 0) journey.step = "connect";
    socket.on("lookup", (error: Error | null) => {
      if (error === null) journey.step = "connect";
    });
    await socketEvent(socket, "connect", signal);
    return socket;
  } catch (error) {
    throw transportError(error, journey);
  }
}

async function openThroughProxy(proxy: ProxyAddress, journey: Journey, signal: AbortSignal): Promise<Duplex> {
  journey.via = { host: proxy.host, port: proxy.port };
  journey.step = "proxy";
  const socket = await toProxy(proxy, journey, signal);
  const tunnel = await openTunnel(socket, proxy, journey, signal);
  return tunnel;
}

/** Reaches the proxy itself; every failure on this leg is the proxy's, with the step below as cause. */
async function toProxy(proxy: ProxyAddress, journey: Journey, signal: AbortSignal): Promise<Socket> {
  const leg = new Journey(proxy.host, proxy.port);
  try {
    const socket = await openTcp(leg, signal);
    return proxy.protocol === "http:" ? socket : await secure(socket, { host: proxy.host }, leg, signal);
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new StationError("transport.proxy-unreachable", "the proxy cannot be reached", journey.facts(), { cause });
  }
}

/** Who must be at the far side; without `trust` whoever the platform trusts. */
type Peer = { readonly host: string; readonly trust?: SecureContext };

async function secure(way: Duplex, { host, trust }: Peer, journey: Journey, signal: AbortSignal): Promise<TLSSocket> {
  journey.step = "TLS";
  try {
    const socket = connectTls({
      socket: way,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(trust === undefined ? { minVersion: OLDEST } : { secureContext: trust }),
      rejectUnauthorized: true,
    });
    way.once("error", (error) => socket.destroy(error));
    await socketEvent(socket, "secureConnect", signal);
    if (socket.authorized) return socket;
    socket.destroy();
  } catch (error) {
    way.destroy();
    throw transportError(error, journey);
  }
  throw new StationError("transport.tls-untrusted", "the service's certificate was not verified", journey.facts());
}
