import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { StationError } from "../../core/error.ts";
import { Journey } from "./journey.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { openTunnel } from "./proxy-tunnel.ts";
import { socketEvent } from "./socket-event.ts";
import { transportError } from "./transport-error.ts";

/** How long one of several addresses of a name is tried before the next one. */
const ADDRESS_ATTEMPT_MS = 2500;

/** Where to, through what, and whom to trust. */
export type Route = {
  /** PEM certificates; nothing else is trusted for the service. */
  readonly ca: readonly string[];
  readonly proxy?: ProxyAddress;
};

/**
 * Opens a verified TLS connection to the service: chain to the route's CA, host name and dates, TLS 1.2 or newer.
 * @throws StationError transport.*; the journey's step tells how far it came
 */
export async function dial(journey: Journey, route: Route, signal: AbortSignal): Promise<TLSSocket> {
  const way =
    route.proxy === undefined ? await openTcp(journey, signal) : await openThroughProxy(route.proxy, journey, signal);
  return secure(way, { host: journey.host, ca: route.ca }, journey, signal);
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

type Trust = { readonly host: string; readonly ca?: readonly string[] };

async function secure(way: Duplex, trust: Trust, journey: Journey, signal: AbortSignal): Promise<TLSSocket> {
  journey.step = "TLS";
  try {
    const socket = connectTls({
      socket: way,
      host: trust.host,
      ...(isIP(trust.host) === 0 ? { servername: trust.host } : {}),
      ...(trust.ca === undefined ? {} : { ca: [...trust.ca] }),
      minVersion: "TLSv1.2",
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
