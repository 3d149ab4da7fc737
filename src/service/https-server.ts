import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Duplex } from "node:stream";
import type { Clock } from "../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import type { ServerIdentity } from "./authority.ts";
import { targetOf, type Answer, type Target } from "./http-message.ts";

/** One handled request, for the log; never its query, headers or body. */
export type RequestLine = {
  readonly side: "device" | "owner";
  readonly method: string;
  readonly path: string;
  /** HTTP status; over CoAP the code without its dot: 205. */
  readonly status: number;
  readonly took: Duration;
};

/** How a side answers; what it throws has been turned into an answer already. */
export type Handler = (request: IncomingMessage, target: Target) => Promise<Answer>;

/** What {@link startHttps} needs. */
export type HttpsOptions = {
  readonly side: RequestLine["side"];
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly identity: ServerIdentity;
  readonly handler: Handler;
  /** Whether connections stay open for the next request. */
  readonly keepAlive: boolean;
  readonly clock: Clock;
  readonly log: (line: RequestLine) => void;
};

/** A running server. */
export type HttpsService = {
  readonly port: number;
  /** Uses a new certificate for connections from now on. */
  readonly renew: (identity: ServerIdentity) => void;
  /** Takes no more connections, lets running requests end for up to 5 s, then cuts them. */
  readonly stop: () => Promise<void>;
};

const LIMITS = {
  headerBytes: 16_384,
  headers: 100,
  connections: 1024,
  handshake: seconds(10),
  head: seconds(10),
  request: seconds(30),
  idle: seconds(120),
  keepAlive: seconds(15),
  checkEvery: seconds(2),
  stop: seconds(5),
  /** What is still read of a request that was answered before its end, so that the answer arrives. */
  discardBytes: 1_048_576,
} as const;

/**
 * Starts an HTTPS server (TLS 1.2 or later) with bounds on header size, time and number of connections.
 * @throws StationError service.port-refused
 */
export async function startHttps(options: HttpsOptions): Promise<HttpsService> {
  const { certificate, key } = options.identity;
  const server = createServer({
    cert: certificate,
    key,
    minVersion: "TLSv1.2",
    handshakeTimeout: LIMITS.handshake,
    maxHeaderSize: LIMITS.headerBytes,
    headersTimeout: LIMITS.head,
    requestTimeout: LIMITS.request,
    keepAliveTimeout: LIMITS.keepAlive,
    connectionsCheckingInterval: LIMITS.checkEvery,
  });
  server.maxConnections = LIMITS.connections;
  server.maxHeadersCount = LIMITS.headers;
  server.setTimeout(LIMITS.idle);
  const open = new Set<ServerResponse>();
  const sockets = new Set<Duplex>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    open.add(response);
    response.once("close", () => open.delete(response));
    void answer(options, request, response);
  };
  server.on("request", onRequest);
  // `Expect: 100-continue`: what no side would read is refused before it is sent.
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers["content-length"] ?? 0) <= LIMITS.discardBytes) response.writeContinue();
    onRequest(request, response);
  });
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    renew: (identity) =>
      server.setSecureContext({ cert: identity.certificate, key: identity.key, minVersion: "TLSv1.2" }),
    stop: () => stop(server, sockets, open, options.clock),
  };
}

async function answer(options: HttpsOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const started = options.clock.monotonic();
  const target = targetOf(request.url ?? "/");
  const made = await options.handler(request, target);
  const body = made.body ?? new Uint8Array(0);
  const closing = !options.keepAlive || !request.complete;
  if (!response.destroyed) {
    response.writeHead(made.status, {
      ...made.headers,
      // RFC 9110 8.6: a 204 has no length.
      ...(made.status === 204 ? {} : { "Content-Length": String(body.length) }),
      "Cache-Control": "no-store",
      ...(closing ? { Connection: "close" } : {}),
    });
    response.end(body);
  }
  if (!request.complete) discard(request);
  options.log({
    side: options.side,
    method: request.method ?? "",
    path: target.path.replaceAll(/[^\x21-\x7e]/g, "?").slice(0, 200),
    status: made.status,
    took: milliseconds(options.clock.monotonic() - started),
  });
}

function discard(request: IncomingMessage): void {
  const left = { bytes: LIMITS.discardBytes };
  request.on("error", () => undefined);
  request.on("data", (chunk: Buffer) => {
    left.bytes -= chunk.length;
    if (left.bytes < 0) request.destroy();
  });
}

function listen(server: Server, { host, port }: HttpsOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new StationError("service.port-refused", "the service cannot listen", { host, port }, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

/**
 * Connections without a request have nothing to wait for: they are cut as soon as the last answer is out. They are counted here,
 * since the server's own list does not know those that are still in their handshake.
 */
function stop(
  server: Server,
  sockets: ReadonlySet<Duplex>,
  open: ReadonlySet<ServerResponse>,
  clock: Clock,
): Promise<void> {
  return new Promise((resolve) => {
    const cut = (): void => {
      for (const socket of sockets) socket.destroy();
    };
    const cancel = clock.after(LIMITS.stop, cut);
    server.close(() => {
      cancel();
      resolve();
    });
    const cutWhenDone = (): void => {
      if (open.size === 0) cut();
    };
    for (const response of open) response.once("close", cutWhenDone);
    cutWhenDone();
  });
}
