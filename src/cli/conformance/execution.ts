import { decodeResponseList } from "../../provisioning/response-list-decoder.ts";
import { errnoName, type Errno } from "../../provisioning/errno.ts";
import type { Execution } from "../../provisioning/execution-seam.ts";
import { toHex } from "../../provisioning/token-parts.ts";
import { pairsOf } from "./command-values.ts";
import { resultNumber, rigLimits, runInRig, type LteEvent } from "./execution-rig.ts";
import { withoutRepeats, type AtExchange } from "./library-repeats.ts";
import { compareRows, rowsOf, sameOrDiffer, someRowHas, type ConformanceSuite, type RowVerdict } from "./report.ts";
import {
  hexBytes,
  hexField,
  invalid,
  isRecord,
  listField,
  listOf,
  recordField,
  textField,
  wireTextOf,
  type Row,
} from "./row.ts";
import { ScriptedModem, type ScriptedReply } from "./scripted-modem.ts";

const TX_BYTES = 2304;

/** One command list executed: AT strings, events, settings, response bytes, result, latest id, CMEE afterwards. */
export const executionSemantics: ConformanceSuite = {
  kind: "execution semantics",
  recognises: (document) => someRowHas(document, "vectors", (row) => "script" in row && isRecord(row["result"])),
  run: async (document) => compareRows(rowsOf(document, "vectors"), compareRow),
};

async function compareRow(row: Row): Promise<RowVerdict> {
  const script = recordField(row, "script");
  const result = recordField(row, "result");
  const traffic = listField(result, "atTraffic").map(exchangeOf);
  const replyTo = scriptOf(script, traffic);
  const state = { cfun: stateOf(script, "cfun", 4), cmee: stateOf(script, "cmee", 0) };
  const modem = new ScriptedModem(state, replyTo);
  const trace = await runInRig(hexField(row, "hex"), limitsOf(row, script), {
    modem,
    settingErrno: (key) => settingErrno(script, key),
    eventErrno: (event, earlier) => eventErrno(script, event, earlier),
  });
  return sameOrDiffer(
    {
      ret: result["ret"],
      sent: withoutRepeats(traffic).map(({ sent }) => sent),
      events: result["events"],
      settings: pairsOf(result["settingsWrites"], "settingsWrites"),
      latest: wireTextOf(result["latestCorrelationId"], "latestCorrelationId"),
      cmee: result["cmeeAfter"],
      response: expectedResponse(row, result),
    },
    {
      ret: resultNumber(trace.execution),
      sent: modem.exchanges.map(({ sent }) => sent),
      events: trace.events,
      settings: trace.settings,
      latest: trace.latestId,
      cmee: modem.cmee,
      response: gotResponse(row, trace.execution),
    },
  );
}

/** A build that is not canonical writes other bytes than ours (protocol.md 3.3): there the values are compared. */
function comparesBytes(row: Row): boolean {
  return variantOf(row).startsWith("c");
}

function expectedResponse(row: Row, result: Row): unknown {
  const hex = result["responseHex"];
  return typeof hex !== "string" || comparesBytes(row) ? hex : decodeResponseList(hexBytes(hex, "responseHex"));
}

function gotResponse(row: Row, execution: Execution): unknown {
  if (execution.kind === "none") return null;
  return comparesBytes(row) ? toHex(execution.payload) : execution.responses;
}

function limitsOf(row: Row, script: Row): ReturnType<typeof rigLimits> {
  const limits = rigLimits(stateOf(script, "txBuf", TX_BYTES));
  const match = /^([cn])(\d{1,2})$/.exec(variantOf(row));
  if (match === null) throw invalid("variant", "a build such as c10 or n10");
  return { ...limits, records: Number(match[2]), input: match[1] === "c" ? "canonical" : "tolerant" };
}

function variantOf(row: Row): string {
  return row["variant"] === undefined ? "c10" : textField(row, "variant");
}

function stateOf(script: Row, field: string, otherwise: number): number {
  const value = script[field] ?? otherwise;
  if (typeof value !== "number") throw invalid(`script.${field}`, "number");
  return value;
}

function exchangeOf(entry: unknown): AtExchange {
  const [sent, reply] = listOf(entry, "atTraffic");
  return { sent: wireTextOf(sent, "atTraffic"), reply: isErrno(reply) ? undefined : wireTextOf(reply, "atTraffic") };
}

function isErrno(value: unknown): value is Row & { readonly errno: number } {
  return isRecord(value) && typeof value["errno"] === "number";
}

const OWN_COMMAND = /^AT\+(CMEE\?|CMEE=[01]|CFUN\?)$/;

/**
 * The modem of a vector: the library's own queries are answered as they were when the vector was made, so that every
 * state a script may describe is honoured; the list's commands by the script.
 */
function scriptOf(script: Row, traffic: readonly AtExchange[]): (command: string) => ScriptedReply | undefined {
  const recorded = [...traffic];
  const rules = listOf(script["at"] ?? [], "script.at").map(ruleOf);
  return (command) => {
    const cfunReply = script["cfunReply"];
    if (command === "AT+CFUN?" && cfunReply !== undefined) return scriptedReply(cfunReply);
    if (!OWN_COMMAND.test(command)) return rules.find(({ pattern }) => pattern.test(command))?.reply;
    if (!command.endsWith("?")) return undefined;
    const index = recorded.findIndex(({ sent }) => sent === command);
    const [found] = index < 0 ? [] : recorded.splice(index, 1);
    if (found === undefined) return undefined;
    return found.reply === undefined ? { errno: -5 } : { text: found.reply };
  };
}

function ruleOf(entry: unknown): { readonly pattern: RegExp; readonly reply: ScriptedReply } {
  const [pattern, reply] = listOf(entry, "script.at");
  if (typeof pattern !== "string" || pattern.length > 512)
    throw invalid("script.at", "pattern of at most 512 characters");
  return { pattern: new RegExp(pattern), reply: scriptedReply(reply) };
}

function scriptedReply(value: unknown): ScriptedReply {
  return isErrno(value) ? { errno: value.errno } : { text: wireTextOf(value, "script.at") };
}

function settingErrno(script: Row, key: string): number {
  const failing = script["settingsFail"];
  if (failing === undefined) return 0;
  const errno = isRecord(failing) ? (failing[key] ?? 0) : undefined;
  if (typeof errno !== "number") throw invalid("script.settingsFail", "errno by key");
  return errno;
}

const EVENT_NUMBERS = { NEED_LTE_DEACTIVATED: 10, NEED_LTE_ACTIVATED: 11 } as const;

/** `eventRet`: one errno for every event, errno by the event's name or number, or errnos in the order of the events. */
function eventErrno(script: Row, event: LteEvent, earlier: number): Errno | undefined {
  const results = script["eventRet"];
  const errno =
    (isRecord(results) ? (results[event] ?? results[EVENT_NUMBERS[event]]) : inOrder(results, earlier)) ?? 0;
  if (typeof errno !== "number") throw invalid("script.eventRet", "errno, or errno by event");
  return errno === 0 ? undefined : errnoName(errno);
}

function inOrder(results: unknown, earlier: number): unknown {
  return Array.isArray(results) ? results[earlier] : results;
}
