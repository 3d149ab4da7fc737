import { seconds } from "../../core/duration.ts";
import { provisioningOptions, type OptionChanges, type ProvisioningOptions } from "../../provisioning/options.ts";
import { hexBytes, invalid, isRecord, listOf, numberOf, recordField, textField, wireTextOf, type Row } from "./row.ts";

/** A scripted modem's reply: text, or an interface that fails. */
export type AtRule = {
  readonly pattern: RegExp;
  readonly reply: { readonly text: string } | { readonly errno: number };
};

/** One answer of a scripted server. */
export type ServerAnswer =
  | { readonly kind: "http"; readonly status: number; readonly body: Uint8Array }
  | { readonly kind: "coap"; readonly code: string; readonly body: Uint8Array }
  /** The CoAP client reports this negative errno instead of an answer. */
  | { readonly kind: "reported"; readonly errno: number }
  /** The request fails with this negative errno. */
  | { readonly kind: "failed"; readonly errno: number }
  | { readonly kind: "silent" };

/** Something that happens at a time. */
export type TimelineEntry = { readonly at: number } & (
  | { readonly kind: "cfun"; readonly mode: number }
  | { readonly kind: "net"; readonly up: boolean }
  | { readonly kind: "put"; readonly key: string; readonly value: string }
);

/** One step of a scenario. */
export type ScenarioStep =
  | { readonly kind: "init"; readonly callback: boolean }
  | { readonly kind: "modeminit" | "trigger" }
  | { readonly kind: "interval"; readonly value: number }
  | { readonly kind: "net"; readonly up: boolean }
  | { readonly kind: "run"; readonly count: number }
  | { readonly kind: "wait"; readonly seconds: number };

/** A whole run of the library as a vector describes it (vectors/README.md, "the scenario"). */
export type Scenario = {
  readonly options: ProvisioningOptions;
  readonly server: readonly ServerAnswer[];
  readonly connect: readonly number[];
  readonly at: readonly AtRule[];
  readonly cfun: number;
  readonly host: "auto" | "offline-only" | "none";
  readonly timeline: readonly TimelineEntry[];
  readonly settings: readonly (readonly [string, string])[];
  /** Negative errno by key. */
  readonly settingsFail: ReadonlyMap<string, number>;
  readonly settingsInit: number;
  readonly timeValidAt: number;
  readonly timeNowErr: number;
  readonly rand: number;
  readonly dns: number;
  readonly hide: readonly string[];
  readonly steps: readonly ScenarioStep[];
};

/** The build that the scenarios were made with (vectors/README.md). */
const BUILD: OptionChanges = {
  compatibility: "strict",
  canonicalInput: true,
  sdkVersion: "3.1.99",
  rxBufferBytes: 2304,
  txBufferBytes: 2304,
  atCommandBytes: 2048,
  rootCaSecTag: 42_384,
  interval: seconds(86_400),
};

const SCHEDULED: OptionChanges = { autoStartOnInit: true, scheduled: true, saveCmdId: true };

const VARIANTS: Readonly<Record<string, OptionChanges>> = {
  http_manual: { http: true },
  http_auto: { http: true, autoStartOnInit: true },
  http_sched: { http: true, ...SCHEDULED },
  coap_manual: { coap: true },
  coap_auto: { coap: true, autoStartOnInit: true },
  coap_sched: { coap: true, ...SCHEDULED },
  coap_keepopen: { coap: true, coapKeepOpen: true },
};

/** Reads a scenario. @throws StationError file.invalid */
export function scenarioOf(row: Row): Scenario {
  const script = recordField(row, "scenario");
  const variant = VARIANTS[textField(script, "variant")];
  if (variant === undefined) throw invalid("variant", Object.keys(VARIANTS).join(", "));
  return {
    options: provisioningOptions({ ...BUILD, ...variant }),
    server: listOf(script["server"] ?? [], "server").map(answerOf),
    connect: listOf(script["connect"] ?? [], "connect").map((result) => numberOf(result, "connect")),
    at: listOf(script["at"] ?? [], "at").map(ruleOf),
    cfun: numberOr(script, "cfun", 1),
    host: hostOf(script["host"] ?? "auto"),
    timeline: listOf(script["timeline"] ?? [], "timeline").map(timelineEntryOf),
    settings: settingsOf(script["settings"] ?? {}),
    settingsFail: failuresOf(script["settingsFail"] ?? {}),
    settingsInit: numberOr(script, "settingsInit", 0),
    timeValidAt: numberOr(script, "timeValidAt", 0),
    timeNowErr: numberOr(script, "timeNowErr", 0),
    rand: numberOr(script, "rand", 0),
    dns: numberOr(script, "dns", 0),
    hide: listOf(script["hide"] ?? [], "hide").map(String),
    steps: listOf(script["steps"], "steps").map(stepOf),
  };
}

function numberOr(script: Row, field: string, otherwise: number): number {
  return numberOf(script[field] ?? otherwise, field);
}

function answerOf(value: unknown): ServerAnswer {
  if (!isRecord(value)) throw invalid("server", "answer");
  const body = typeof value["body"] === "string" ? hexBytes(value["body"], "server.body") : new Uint8Array(0);
  const { ret, status, code } = value;
  if (value["silent"] === true) return { kind: "silent" };
  if (typeof ret === "number") return { kind: "failed", errno: ret };
  if (typeof status === "number") return { kind: "http", status, body };
  if (typeof code === "number") return { kind: "reported", errno: code };
  if (typeof code === "string") return { kind: "coap", code, body };
  throw invalid("server", "status, code, ret or silent");
}

function ruleOf(value: unknown): AtRule {
  const [pattern, reply] = listOf(value, "at");
  if (typeof pattern !== "string" || pattern.length > 512) throw invalid("at", "pattern of at most 512 characters");
  const errno = isRecord(reply) ? reply["errno"] : undefined;
  return {
    pattern: new RegExp(pattern),
    reply: typeof errno === "number" ? { errno } : { text: wireTextOf(reply, "at") },
  };
}

function hostOf(value: unknown): Scenario["host"] {
  if (value === "auto" || value === "offline-only" || value === "none") return value;
  throw invalid("host", "auto, offline-only or none");
}

function timelineEntryOf(value: unknown): TimelineEntry {
  const [time, kind, first, second] = listOf(value, "timeline");
  const at = numberOf(time, "timeline");
  if (kind === "cfun") return { at, kind, mode: numberOf(first, "timeline") };
  if (kind === "net") return { at, kind, up: numberOf(first, "timeline") !== 0 };
  if (kind === "put") return { at, kind, key: wireTextOf(first, "timeline"), value: wireTextOf(second, "timeline") };
  throw invalid("timeline", "cfun, net or put");
}

function settingsOf(value: unknown): readonly (readonly [string, string])[] {
  if (!isRecord(value)) throw invalid("settings", "object");
  return Object.entries(value).map(([key, stored]) => [key, wireTextOf(stored, "settings")]);
}

function failuresOf(value: unknown): ReadonlyMap<string, number> {
  if (!isRecord(value)) throw invalid("settingsFail", "object");
  return new Map(Object.entries(value).map(([key, errno]) => [key, numberOf(errno, "settingsFail")]));
}

function stepOf(value: unknown): ScenarioStep {
  const [name, argument] = listOf(value, "steps");
  const count = (otherwise: number): number => numberOf(argument ?? otherwise, `steps.${String(name)}`);
  switch (name) {
    case "init":
      return { kind: "init", callback: argument === undefined || Boolean(argument) };
    case "modeminit":
    case "trigger":
      return { kind: name };
    case "interval":
      return { kind: "interval", value: count(0) };
    case "net":
      return { kind: "net", up: count(1) !== 0 };
    case "run":
      return { kind: "run", count: count(1) };
    case "wait":
      return { kind: "wait", seconds: count(0) };
  }
  throw invalid("steps", "init, modeminit, trigger, interval, net, run or wait");
}
