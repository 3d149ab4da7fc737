import { encodeCommandList } from "../../provisioning/command-list-encoder.ts";
import { examineCommandList } from "../../provisioning/command-list-decoder.ts";
import { decodeResponseList } from "../../provisioning/response-list-decoder.ts";
import { encodeResponseList } from "../../provisioning/response-list-encoder.ts";
import { toHex } from "../../provisioning/token-parts.ts";
import { commandsOf, responsesOf } from "./command-values.ts";
import { resultNumber, rigLimits, runInRig } from "./execution-rig.ts";
import { compareRows, rowsOf, sameOrDiffer, someRowHas, type ConformanceSuite, type RowVerdict } from "./report.ts";
import { hexField, invalid, isRecord, listOf, recordField, textField, type Row } from "./row.ts";
import { ScriptedModem, type ScriptedReply } from "./scripted-modem.ts";

const LIMITS = rigLimits(2304);

/** The payloads of the vendor's own unit tests, and which response each command list leads to. */
export const sdkTests: ConformanceSuite = {
  kind: "vendor unit tests",
  recognises: (document) =>
    someRowHas(document, "vectors", (row) => typeof row["direction"] === "string" && "hex" in row) &&
    isRecord(document) &&
    Array.isArray(document["pairs"]),
  run: async (document) => {
    const vectors = rowsOf(document, "vectors");
    const pairs = rowsOf(document, "pairs", (row, index) =>
      typeof row["test"] === "string" ? row["test"] : `pair ${index}`,
    );
    const payloads = await compareRows(vectors, comparePayload);
    const executed = await compareRows(pairs, (row) =>
      comparePair(
        row,
        vectors.map((vector) => vector.row),
      ),
    );
    return {
      total: payloads.total + executed.total,
      agree: payloads.agree + executed.agree,
      differ: [...payloads.differ, ...executed.differ],
      stricter: [...payloads.stricter, ...executed.stricter],
    };
  },
};

function comparePayload(row: Row): RowVerdict {
  const bytes = hexField(row, "hex");
  if (textField(row, "direction").startsWith("commands")) return compareCommands(row, bytes);
  const responses = responsesOf(row["decoded"], "decoded");
  return (
    sameOrDiffer(responses, decodeResponseList(bytes)) ??
    sameOrDiffer(textField(row, "hex"), toHex(encodeResponseList(responses, LIMITS)))
  );
}

function compareCommands(row: Row, bytes: Uint8Array): RowVerdict {
  const peer = recordField(row, "peerDecode");
  const verdict = examineCommandList(bytes, LIMITS);
  if (!verdict.accepted) return sameOrDiffer([peer["ok"], peer["zcborErrName"]], [false, verdict.error]);
  return (
    sameOrDiffer(
      { ok: peer["ok"], consumed: peer["consumed"], commands: commandsOf(row["meaning"], "meaning") },
      { ok: true, consumed: verdict.consumed, commands: verdict.commands },
    ) ?? sameOrDiffer(textField(row, "hex"), toHex(encodeCommandList(verdict.commands)))
  );
}

async function comparePair(row: Row, payloads: readonly unknown[]): Promise<RowVerdict> {
  const commands = payloadNamed(payloads, textField(row, "commands"));
  const replies = listOf(row["modem"] ?? [], "modem").map(replyInWords);
  const modem = new ScriptedModem({ cfun: 4, cmee: 0 }, (command) =>
    /^AT\+(CMEE|CFUN)/.test(command) ? undefined : replies.shift(),
  );
  const { execution, settings } = await runInRig(commands, LIMITS, { modem });
  const wanted = resultInWords(textField(row, "result"));
  const responses = row["responses"] === undefined ? null : toHex(payloadNamed(payloads, textField(row, "responses")));
  return (
    sameOrDiffer(
      { result: wanted, responses },
      { result: resultNumber(execution), responses: execution.kind === "none" ? null : toHex(execution.payload) },
    ) ?? settingDifference(row, settings)
  );
}

function settingDifference(row: Row, settings: readonly (readonly [string, string])[]): RowVerdict {
  if (row["settingsWrite"] === undefined) return undefined;
  const [key, described] = listOf(row["settingsWrite"], "settingsWrite");
  // The value is followed by a remark in brackets.
  const value = typeof described === "string" ? described.replace(/ \(.*\)$/, "") : described;
  return sameOrDiffer([[key, value]], settings);
}

function payloadNamed(payloads: readonly unknown[], name: string): Uint8Array {
  const found = payloads.find((payload) => isRecord(payload) && payload["name"] === name);
  if (!isRecord(found)) throw invalid(name, "the name of a payload");
  return hexField(found, "hex");
}

/** The replies of the vendor's mocks, which are told in words; their texts are empty, so the result rides beside them. */
function replyInWords(words: unknown): ScriptedReply {
  if (typeof words !== "string") throw invalid("modem", "text");
  if (words.startsWith("OK with empty text")) return { text: "", final: { kind: "ok" } };
  const cme = /^CME error (\d+) with empty text/.exec(words);
  if (cme !== null) return { text: "", final: { kind: "cme", code: Number(cme[1]) } };
  const failure = /^AT interface returns a negative errno, buffer holds (\w+)$/.exec(words);
  if (failure?.[1] !== undefined) return { errno: -5, buffered: failure[1] };
  throw invalid("modem", "a reply that is understood");
}

function resultInWords(words: string): number {
  if (words.startsWith("finished")) return 1;
  if (/^0\b/.test(words)) return 0;
  if (words.startsWith("-EINVAL")) return -22;
  if (words.startsWith("-ENOMEM")) return -12;
  if (words.startsWith("-ENODATA")) return -61;
  throw invalid("result", "a result that is understood");
}
