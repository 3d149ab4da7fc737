import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startService, type RunningService, type ServiceOptions } from "../../../src/service/start-service.ts";
import type { StationError } from "../../../src/core/error.ts";
import type { RequestLine } from "../../../src/service/https-server.ts";
import { decodeCommandList } from "../../../src/provisioning/command-list-decoder.ts";
import type { Command, CommandResponse } from "../../../src/provisioning/command.ts";
import type { FakeDevice } from "./fake-device.ts";
import { report } from "./fake-device.ts";

export type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

export type Ask = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "service-"));
}

/** A service in a folder of its own, with the calls that tests make. */
export class Harness {
  readonly dir: string;
  readonly service: RunningService;
  readonly ca: string;
  readonly lines: RequestLine[];
  readonly errors: StationError[];

  private constructor(dir: string, service: RunningService, lines: RequestLine[], errors: StationError[]) {
    this.dir = dir;
    this.service = service;
    this.ca = readFileSync(service.caFile, "utf8");
    this.lines = lines;
    this.errors = errors;
  }

  static async start(options: Partial<ServiceOptions> = {}): Promise<Harness> {
    const dir = options.dir ?? temporaryFolder();
    const lines: RequestLine[] = [];
    const errors: StationError[] = [];
    const service = await startService({
      dir,
      httpsPort: 0,
      ownerPort: 0,
      onRequest: (line) => lines.push(line),
      onError: (_side, error) => errors.push(error),
      ...options,
    });
    return new Harness(dir, service, lines, errors);
  }

  async stop(): Promise<void> {
    await this.service.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  get bearer(): string {
    return `Bearer ${this.service.ownerKey.reveal()}`;
  }

  /** A call of the owner with the API key. */
  async owner(
    method: string,
    path: string,
    value?: unknown,
  ): Promise<{ readonly status: number; readonly json: Json }> {
    const reply = await ask(`${this.service.owner}${path}`, this.ca, {
      method,
      headers: {
        Authorization: this.bearer,
        ...(value === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(value === undefined ? {} : { body: JSON.stringify(value) }),
    });
    return { status: reply.status, json: reply.body.length === 0 ? {} : (JSON.parse(reply.body.toString()) as Json) };
  }

  async claim(device: FakeDevice, tags: readonly string[] = []): Promise<void> {
    const { status } = await this.owner("POST", "/v1/claimed-devices", { claimToken: device.attestation(), tags });
    if (status !== 201) throw new TypeError(`claim answered ${status}`);
  }

  /** Queues commands; answers their ids. */
  async queue(device: FakeDevice, ...requests: readonly object[]): Promise<string[]> {
    const ids: string[] = [];
    for (const request of requests) {
      const { status, json } = await this.owner("POST", `/v1/claimed-devices/${device.uuid}/provisioning`, { request });
      if (status !== 201) throw new TypeError(`queueing answered ${status}: ${JSON.stringify(json)}`);
      ids.push(String(json["id"]));
    }
    return ids;
  }

  async status(device: FakeDevice, id: string | undefined): Promise<Json> {
    return (await this.owner("GET", `/v1/claimed-devices/${device.uuid}/provisioning/${id ?? ""}`)).json;
  }

  get(device: FakeDevice, query = "after=&rxMaxSize=2304&txMaxSize=2304&mver=mfw_nrf91x1_2.0.2&cver=3.2.0&limit=10") {
    return ask(`${this.service.https}/v1/provisioning/commands?${query}`, this.ca, {
      headers: { Accept: "application/cbor", Authorization: `Bearer ${device.jwt()}`, "Content-Type": "*/*" },
    });
  }

  /** Fetches a list as the device does; undefined for 204. */
  async fetch(
    device: FakeDevice,
    after = "",
    sizes = "rxMaxSize=2304&txMaxSize=2304&limit=10",
  ): Promise<readonly Command[]> {
    const reply = await this.get(device, `after=${after}&${sizes}`);
    if (reply.status === 204) return [];
    if (reply.status !== 200) throw new TypeError(`fetching answered ${reply.status}`);
    return decodeCommandList(reply.body, { records: 20, input: "canonical" });
  }

  async report(device: FakeDevice, responses: readonly CommandResponse[], form?: "indefinite"): Promise<number> {
    return (await this.post(device, report(responses, form))).status;
  }

  post(device: FakeDevice, body: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return ask(`${this.service.https}/v1/provisioning/response`, this.ca, {
      method: "POST",
      headers: { "Content-Type": "application/cbor", Authorization: `Bearer ${device.jwt()}`, ...headers },
      body,
    });
  }
}

export type Json = Readonly<Record<string, unknown>>;

/** One HTTPS request on a connection of its own. */
export function ask(url: string, ca: string, { method = "GET", headers = {}, body }: Ask = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const request = httpsRequest(url, { ca, method, headers: { ...length, ...headers }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}
