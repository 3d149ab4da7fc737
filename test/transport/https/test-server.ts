import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from "node:tls";
import type { Identity } from "./test-authority.ts";

/** A server on the loopback that a test scripts byte by byte. */
export type TestServer = { readonly port: number; close(): Promise<void> };

/** A TLS server that hands the plain text of each request, once it is whole, to `answer`. */
export function tlsServer(
  identity: Identity,
  answer: (socket: TLSSocket, request: Buffer) => void,
  options: TlsOptions = {},
): Promise<TestServer> {
  const server = createTlsServer({ cert: identity.certificate, key: identity.key, ...options }, (socket) => {
    socket.on("error", () => undefined);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      const request = Buffer.concat(chunks);
      if (isWhole(request)) answer(socket, request);
    });
  });
  server.on("tlsClientError", () => undefined);
  return listen(server);
}

/** A server of raw bytes. */
export function rawServer(serve: (socket: Socket) => void): Promise<TestServer> {
  return listen(
    createServer((socket) => {
      socket.on("error", () => undefined);
      serve(socket);
    }),
  );
}

/** Starts `server` on a free loopback port; closing it cuts its connections. */
export async function listen(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function isWhole(request: Buffer): boolean {
  const text = request.toString("latin1");
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /^content-length: (\d+)$/im.exec(text.slice(0, head));
  return request.length >= head + 4 + Number(length?.[1] ?? 0);
}

/** A TLS server that calls `serve` with the first bytes of a request, and with the TCP socket below. */
export function tlsOverRaw(identity: Identity, serve: (secure: TLSSocket, plain: Socket) => void): Promise<TestServer> {
  return rawServer((plain) => {
    const secure = new TLSSocket(plain, { isServer: true, cert: identity.certificate, key: identity.key });
    secure.on("error", () => undefined);
    secure.once("data", () => serve(secure, plain));
  });
}
