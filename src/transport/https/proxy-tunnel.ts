import { request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { abortReason } from "../../core/clock.ts";
import { StationError } from "../../core/error.ts";
import type { Journey } from "./journey.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { ignoreErrors } from "./socket-event.ts";

const LARGEST_HEAD = 16_384;

/**
 * Asks the proxy at the far side of `socket` for a tunnel to the service (CONNECT, RFC 9110, 9.3.6).
 * The proxy's own answer never counts as the service's.
 * @throws StationError transport.proxy-auth, transport.proxy-refused with the status, transport.proxy-unreachable
 */
export function openTunnel(
  socket: Socket,
  proxy: ProxyAddress,
  journey: Journey,
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const target = authority(journey.host, journey.port);
    const connect = httpRequest({
      method: "CONNECT",
      path: target,
      headers: ["Host", target, ...authorization(proxy)],
      setHost: false,
      maxHeaderSize: LARGEST_HEAD,
      createConnection: () => socket,
    });
    const fail = (error: Error): void => {
      signal.removeEventListener("abort", onAbort);
      ignoreErrors(socket);
      connect.destroy();
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(abortReason(signal));
    connect.on("connect", (answer, tunnel, head) => {
      signal.removeEventListener("abort", onAbort);
      const refusal = refusalOf(answer.statusCode ?? 0, journey);
      if (refusal !== undefined) {
        fail(refusal);
        return;
      }
      if (head.length > 0) tunnel.unshift(head);
      resolve(tunnel);
    });
    connect.on("error", (cause) => fail(unreachable(journey, cause)));
    connect.on("response", () => fail(unreachable(journey, undefined)));
    signal.addEventListener("abort", onAbort, { once: true });
    connect.end();
  });
}

function unreachable(journey: Journey, cause: Error | undefined): StationError {
  return new StationError("transport.proxy-unreachable", "the proxy gave no usable answer", journey.facts(), { cause });
}

function refusalOf(status: number, journey: Journey): StationError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const facts = journey.facts({ status });
  return status === 407
    ? new StationError("transport.proxy-auth", "the proxy wants a user and password", facts)
    : new StationError("transport.proxy-refused", "the proxy refused the way to the service", facts);
}

function authorization(proxy: ProxyAddress): readonly string[] {
  if (proxy.credentials === undefined) return [];
  const encoded = Buffer.from(proxy.credentials.reveal(), "utf8").toString("base64");
  return ["Proxy-Authorization", `Basic ${encoded}`];
}

/** `host:port`, an IPv6 address in brackets. */
function authority(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
