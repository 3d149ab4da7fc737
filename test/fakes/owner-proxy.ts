import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { RunningService } from "../../src/service/start-service.ts";
import { ask, type Reply } from "../service/support/harness.ts";

/** What happens to one request on its way to the owner side. */
export type ProxyTwist =
  /** Goes on to the service; `change` sees the answer on its way back. */
  | { readonly kind: "pass"; readonly change?: (reply: Reply) => Reply }
  /** Never reaches the service. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: object;
    }
  /** Waits until the test lets it go on. */
  | { readonly kind: "slow"; readonly until: Promise<void> }
  /** The connection is cut: before the service was asked, or after it did what was asked. */
  | { readonly kind: "drop"; readonly when: "before" | "after" };

/** A request as a twist sees it; `count` numbers the requests from 1. */
export type ProxiedCall = {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly count: number;
};

/** Stands between a client and the owner side of a running service over real HTTPS, with the service's own certificate. */
export class OwnerProxy {
  readonly calls: ProxiedCall[] = [];
  readonly #server: Server;
  readonly #service: RunningService;
  readonly #ca: string;
  #twist: (call: ProxiedCall) => ProxyTwist = () => ({ kind: "pass" });

  private constructor(service: RunningService) {
    const file = (name: string): string => readFileSync(join(dirname(service.caFile), name), "utf8");
    this.#service = service;
    this.#ca = file("ca.pem");
    this.#server = createServer({ cert: file("server.pem"), key: file("server-key.pem") });
    this.#server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(service: RunningService): Promise<OwnerProxy> {
    const proxy = new OwnerProxy(service);
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, "127.0.0.1", resolve);
    });
    return proxy;
  }

  /** Origin that clients are given in place of the service's. */
  get owner(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Decides on every request from now on. */
  twist(twist: (call: ProxiedCall) => ProxyTwist): void {
    this.#twist = twist;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = "GET", url: path = "/" } = request;
    const call = { method, path, body: body.toString(), count: this.calls.length + 1 };
    this.calls.push(call);
    const twist = this.#twist(call);
    if (twist.kind === "drop" && twist.when === "before") return void request.socket.destroy();
    if (twist.kind === "answer") {
      response.writeHead(twist.status, { "Content-Type": "application/json", ...twist.headers });
      return void response.end(JSON.stringify(twist.body ?? { message: "as the test wants it" }));
    }
    if (twist.kind === "slow") await twist.until;
    const reply = await this.#forward(request, path, body);
    if (twist.kind === "drop") return void request.socket.destroy();
    const { status, headers, body: answer } = twist.kind === "pass" ? (twist.change?.(reply) ?? reply) : reply;
    const { "content-type": type, "retry-after": retryAfter } = headers;
    response.writeHead(status, {
      ...(type === undefined ? {} : { "Content-Type": type }),
      ...(retryAfter === undefined ? {} : { "Retry-After": retryAfter }),
      ...(status === 204 ? {} : { "Content-Length": answer.length }),
    });
    response.end(answer);
  }

  #forward(request: IncomingMessage, path: string, body: Buffer): Promise<Reply> {
    const { host: _host, connection: _connection, "transfer-encoding": _coding, ...kept } = request.headers;
    const headers = Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)]));
    return ask(`${this.#service.owner}${path}`, this.#ca, {
      method: request.method ?? "GET",
      headers,
      ...(body.length === 0 ? {} : { body }),
    });
  }
}
