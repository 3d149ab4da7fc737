import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { createServer as createPlainServer, type AddressInfo, type Server as PlainServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { RunningService } from "../../../src/service/start-service.ts";
import { ask } from "../../service/support/harness.ts";
import type { ServerFault } from "../table/cell.ts";

const HOST = "127.0.0.1";
const CHUNK = Buffer.alloc(65_536, "x");

/** Certificate and key of a server, PEM. */
export type Pair = { readonly cert: string; readonly key: string };

/** Stands before one side of a service and fails as told; before that, and when mended, it hands everything on. */
export class FaultyServer {
  readonly #target: string;
  readonly #ca: string;
  readonly #own: Pair;
  readonly #foreign: Pair;
  #server: Server | PlainServer | undefined;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #fault: ServerFault | undefined;
  #next: ServerFault | undefined;

  private constructor(service: RunningService, side: "https" | "owner", foreign: Pair) {
    const file = (name: string): string => readFileSync(join(dirname(service.caFile), name), "utf8");
    this.#target = service[side];
    this.#ca = file("ca.pem");
    this.#own = { cert: file("server.pem"), key: file("server-key.pem") };
    this.#foreign = foreign;
  }

  static async start(service: RunningService, side: "https" | "owner", foreign: Pair): Promise<FaultyServer> {
    const server = new FaultyServer(service, side, foreign);
    await server.#listen();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Fails from now on, or once a list of commands has been handed out. */
  async fail(fault: ServerFault, after?: "list"): Promise<void> {
    if (after === "list") this.#next = fault;
    else await this.#become(fault);
  }

  /** Hands everything on again. */
  async mend(): Promise<void> {
    this.#next = undefined;
    await this.#become(undefined);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  async #become(fault: ServerFault | undefined): Promise<void> {
    await this.stop();
    this.#fault = fault;
    if (fault !== "down") await this.#listen();
  }

  async #listen(): Promise<void> {
    const server = this.#fault === "no-tls" ? plainServer() : this.#tlsServer();
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => socket.destroy());
    });
    await new Promise<void>((resolve) => {
      server.listen(this.#port, HOST, resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  #tlsServer(): Server {
    const pair = this.#fault === "foreign-certificate" ? this.#foreign : this.#own;
    return createServer({ ...pair }, (request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    if (this.#fault !== undefined) {
      failing(this.#fault, request, response);
      return;
    }
    const { host: _host, connection: _connection, "transfer-encoding": _coding, ...kept } = request.headers;
    const headers = Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)]));
    const { method = "GET", url = "/" } = request;
    const whole = { method, headers, ...(body.length === 0 ? {} : { body }) };
    const { status, headers: answered, body: answer } = await ask(`${this.#target}${url}`, this.#ca, whole);
    const { "content-type": type } = answered;
    const next = this.#next;
    if (next !== undefined && method === "GET" && status === 200) {
      this.#next = undefined;
      response.on("close", () => void this.#become(next));
    }
    response.writeHead(status, {
      ...(type === undefined ? {} : { "Content-Type": type }),
      ...(status === 204 ? {} : { "Content-Length": answer.length }),
      Connection: "close",
    });
    response.end(answer);
  }
}

function plainServer(): PlainServer {
  return createPlainServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
}

function failing(fault: ServerFault, request: IncomingMessage, response: ServerResponse): void {
  const page = { "Content-Type": "text/html", Connection: "close" };
  if (typeof fault === "number") {
    response.writeHead(fault, { "Content-Type": "application/json", Connection: "close" });
    response.end(JSON.stringify({ message: "as the test wants it" }));
  } else if (fault === "wrong-content")
    response.writeHead(200, page).end("<html>Please sign in to this network</html>");
  else if (fault === "half-body") {
    response.writeHead(200, { ...page, "Content-Length": 1000 });
    response.write("x".repeat(10), () => request.socket.destroy());
  } else if (fault === "huge-body") {
    response.writeHead(200, page);
    const pour = (): void => {
      while (!response.destroyed && response.write(CHUNK));
    };
    response.on("drain", pour);
    pour();
  }
  // What is silent has taken the request and never says a word.
}
