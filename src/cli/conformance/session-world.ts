import { StationError } from "../../core/error.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { decodeWireText } from "../../core/wire-text.ts";
import type { AtPort, AtReply } from "../../modem/at-port.ts";
import type { HostClock, SettingsStore } from "../../provisioning/client-ports.ts";
import type { ProvisioningEvent } from "../../provisioning/events.ts";
import { MemorySettings } from "../../provisioning/memory-settings.ts";
import type {
  CoapAssociation,
  CoapRequest,
  CoapResponse,
  CoapTransport,
  HttpRequest,
  HttpResponse,
  HttpTransport,
} from "../../provisioning/transport.ts";
import { toHex } from "../../provisioning/token-parts.ts";
import { replyOf } from "./scripted-modem.ts";
import type { Scenario, ServerAnswer } from "./session-scenario.ts";

/** One thing that happened, at `t` seconds; the fields beside are those of the vectors' traces. */
export type TraceEntry = { readonly t: number; readonly k: string; readonly [field: string]: unknown };

const TRACE_LIMIT = 100_000;
const EMPTY = new Uint8Array(0);

/** Everything around the client in a scenario: modem, server, store, host and clocks, and the trace of what happened. */
export class SessionWorld {
  readonly clock = new VirtualClock();
  readonly trace: TraceEntry[] = [];
  readonly settings: MemorySettings;
  readonly #scenario: Scenario;
  readonly #answers: ServerAnswer[];
  readonly #connects: number[];
  #cfun: number;
  #cmee = 0;
  /** Tells the client of network events. */
  onNetwork: (up: boolean) => void = () => undefined;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#answers = [...scenario.server];
    this.#connects = [...scenario.connect];
    this.#cfun = scenario.cfun;
    this.settings = new MemorySettings(scenario.settings);
  }

  /** Seconds since the start. */
  get now(): number {
    return this.clock.monotonic() / 1000;
  }

  /** Writes to the trace. @throws StationError file.invalid when a scenario does not end */
  record(k: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.trace.length >= TRACE_LIMIT)
      throw new StationError("file.invalid", "the scenario does not come to an end", { limit: TRACE_LIMIT });
    this.trace.push({ t: this.now, k, ...fields });
  }

  /** Changes the modem's functional mode from outside. */
  setMode(mode: number): void {
    this.#cfun = mode;
  }

  /** The application: takes an event and obeys as the scenario says. */
  take(event: ProvisioningEvent): void {
    this.record("event", eventFields(event));
    const { host } = this.#scenario;
    if (event.type === "NEED_LTE_DEACTIVATED" && host !== "none") this.#switchTo(4, false);
    if (event.type === "NEED_LTE_ACTIVATED" && host === "auto") this.#switchTo(1, true);
  }

  readonly modem: AtPort = {
    send: (command) => {
      this.record("at", { cmd: command });
      const rule = this.#scenario.at.find(({ pattern }) => pattern.test(command));
      if (rule === undefined) return Promise.resolve(replyOf(this.#ownReply(command)));
      if ("text" in rule.reply) return Promise.resolve<AtReply>(replyOf(rule.reply.text));
      const facts = { errno: rule.reply.errno };
      return Promise.reject(new StationError("at.silent", "the scripted modem's interface failed", facts));
    },
  };

  readonly store: SettingsStore = {
    open: () => {
      const errno = this.#scenario.settingsInit;
      if (errno === 0) return Promise.resolve();
      return Promise.reject(new StationError("provisioning.settings-unavailable", "the store fails", { errno }));
    },
    load: (path) => this.settings.load(path),
    write: async (key, value) => {
      const ret = this.#scenario.settingsFail.get(key) ?? 0;
      this.record("settingsSave", { key, value, ret });
      if (ret !== 0) throw new StationError("provisioning.setting-refused", "the store refuses", { errno: -ret });
      await this.settings.write(key, value);
    },
  };

  readonly hostClock: HostClock = {
    isValid: () => this.now >= this.#scenario.timeValidAt,
    read: () => {
      const { timeNowErr, timeValidAt } = this.#scenario;
      if (timeNowErr !== 0) return timeNowErr === -61 ? "unavailable" : "failed";
      return this.now >= timeValidAt ? "known" : "unavailable";
    },
  };

  readonly http: HttpTransport = {
    exchange: (request) => {
      this.record("http", httpFields(request));
      const status = request.method === "GET" ? 204 : 200;
      return this.#httpAnswer(this.#answers.shift() ?? { kind: "http", status, body: EMPTY });
    },
  };

  readonly coap: CoapTransport = {
    connect: () => {
      if (this.#scenario.dns !== 0) return Promise.reject(new StationError("transport.name-lookup", "no such name"));
      const result = this.#connects.shift() ?? 0;
      this.record("dtls", { connect: result });
      if (result === 0) return Promise.resolve(this.#association());
      this.record("dtls", { close: true });
      return Promise.reject(exchangeFailed(result, "connect"));
    },
  };

  #association(): CoapAssociation {
    return {
      exchange: (request) => {
        this.record("coap", coapFields(request));
        return this.#coapAnswer(this.#answers.shift() ?? { kind: "coap", code: usualCode(request), body: EMPTY });
      },
      close: () => {
        this.record("dtls", { close: true });
        return Promise.resolve();
      },
    };
  }

  #httpAnswer(answer: ServerAnswer): Promise<HttpResponse> {
    switch (answer.kind) {
      case "http":
        return Promise.resolve({ status: answer.status, body: answer.body });
      case "coap":
        return Promise.reject(new StationError("transport.malformed", "a CoAP answer to an HTTP request"));
      case "reported":
      case "failed":
        return Promise.reject(exchangeFailed(answer.errno, "request"));
      case "silent":
        return new Promise(() => undefined);
    }
  }

  #coapAnswer(answer: ServerAnswer): Promise<CoapResponse> {
    switch (answer.kind) {
      case "coap":
        return Promise.resolve({ code: answer.code, payload: answer.body });
      case "http":
        return Promise.reject(new StationError("transport.malformed", "an HTTP answer to a CoAP request"));
      case "reported":
        return Promise.reject(exchangeFailed(answer.errno, "answer"));
      case "failed":
        return Promise.reject(exchangeFailed(answer.errno, "request"));
      case "silent":
        return new Promise(() => undefined);
    }
  }

  #switchTo(mode: number, up: boolean): void {
    this.#cfun = mode;
    this.onNetwork(up);
  }

  #ownReply(command: string): string {
    const set = /^AT\+(CMEE|CFUN)=(\d+)$/.exec(command);
    if (set?.[1] === "CMEE") this.#cmee = Number(set[2]);
    if (set?.[1] === "CFUN") this.#cfun = Number(set[2]);
    return `${this.#ownLine(command)}OK\r\n`;
  }

  #ownLine(command: string): string {
    if (command === "AT+CMEE?") return `+CMEE: ${this.#cmee}\r\n`;
    if (command === "AT+CFUN?") return `+CFUN: ${this.#cfun}\r\n`;
    if (command === "AT+CGMR") return "mfw_nrf91x1_2.0.2\r\n";
    if (command === "AT%CCLK?") return '%CCLK: "25/10/09,08:53:20+00",0\r\n';
    if (command.startsWith("AT%JWT")) return '%JWT: "hdr.payload.sig"\r\n';
    return command.startsWith("AT%ATTESTTOKEN") ? '%ATTESTTOKEN: "attest.cose"\r\n' : "";
  }
}

function eventFields(event: ProvisioningEvent): Readonly<Record<string, unknown>> {
  if (event.type === "SCHEDULED_PROVISIONING") return { event: event.type, seconds: event.seconds };
  if (event.type === "FAILED_DEVICE_NOT_CLAIMED" && event.token !== undefined)
    return { event: event.type, token: event.token.reveal() };
  return { event: event.type };
}

function httpFields(request: HttpRequest): Readonly<Record<string, unknown>> {
  return {
    request: `${request.method} ${request.host}:${request.port}${request.path}`,
    headers: request.headers.filter(([name]) => name !== "Host").map(([name, value]) => `${name}: ${value}`),
    body: toHex(request.body ?? EMPTY),
  };
}

function coapFields(request: CoapRequest): Readonly<Record<string, unknown>> {
  const type = request.confirmable ? "CON" : "NON";
  const format = request.contentFormat === undefined ? "" : ` +fmt${request.contentFormat}`;
  const block = request.method === "GET" ? " +block2" : "";
  const payload = request.payload ?? EMPTY;
  const shown = request.path.startsWith("p/auth") ? decodeWireText(payload) : toHex(payload);
  return { request: `${request.method} ${type}${format}${block}`, path: request.path, payload: shown };
}

function usualCode(request: CoapRequest): string {
  if (request.path.startsWith("p/auth")) return "2.01";
  return request.path.startsWith("p/cmd") ? "2.05" : "2.04";
}

function exchangeFailed(errno: number, stage: "connect" | "request" | "answer"): StationError {
  return new StationError("provisioning.exchange-failed", "the scripted exchange fails", { errno, stage });
}
