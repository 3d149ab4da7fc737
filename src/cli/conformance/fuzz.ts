import { atString } from "../../provisioning/at-string.ts";
import { examineCommandList } from "../../provisioning/command-list-decoder.ts";
import type { Command } from "../../provisioning/command.ts";
import { toHex } from "../../provisioning/token-parts.ts";
import { pairsOf } from "./command-values.ts";
import { resultNumber, rigLimits, runInRig } from "./execution-rig.ts";
import { withoutRepeats, type AtExchange } from "./library-repeats.ts";
import { compareRows, rowsOf, sameOrDiffer, someRowHas, type ConformanceSuite, type RowVerdict } from "./report.ts";
import { hexField, invalid, isRecord, listField, numberField, recordField, wireTextOf, type Row } from "./row.ts";
import { ScriptedModem, type ScriptedReply } from "./scripted-modem.ts";

/** Random command lists with the modem's replies: AT strings in order, settings, events, response bytes, result. */
export const fuzz: ConformanceSuite = {
  kind: "fuzz",
  recognises: (document) =>
    someRowHas(document, "vectors", (row) => Array.isArray(row["replies"]) && isRecord(row["peer"])),
  run: async (document) =>
    compareRows(
      rowsOf(document, "vectors", (row, index) => `list ${typeof row["i"] === "number" ? row["i"] : index}`),
      compareRow,
    ),
};

async function compareRow(row: Row): Promise<RowVerdict> {
  const payload = hexField(row, "hex");
  const limits = rigLimits(numberField(row, "txBuf"));
  const list = examineCommandList(payload, limits);
  const commands = list.accepted ? list.commands : [];
  const replies = listField(row, "replies");
  const peer = recordField(row, "peer");
  const modem = new ScriptedModem(
    { cfun: numberField(row, "cfun"), cmee: numberField(row, "cmee") },
    replyInOrder(commands, replies),
  );
  const trace = await runInRig(payload, limits, { modem });
  const { execution } = trace;
  return sameOrDiffer(
    {
      ret: peer["ret"],
      sent: withoutRepeats(sentOf(peer, commands, replies)).map(({ sent }) => sent),
      settings: pairsOf(peer["settings"], "settings"),
      events: peer["events"],
      latest: wireTextOf(peer["latest"], "latest"),
      cmee: peer["cmeeAfter"],
      response: peer["responseHex"],
    },
    {
      ret: resultNumber(execution),
      sent: modem.exchanges.map(({ sent }) => sent),
      settings: trace.settings,
      events: trace.events,
      latest: trace.latestId,
      cmee: modem.cmee,
      response: execution.kind === "none" ? null : toHex(execution.payload),
    },
  );
}

/** Answers the AT string of each command, in the list's order, with the reply at its place. */
function replyInOrder(
  commands: readonly Command[],
  replies: readonly unknown[],
): (command: string) => ScriptedReply | undefined {
  let next = 0;
  return (text) => {
    const index = commands.findIndex(
      (command, at) => at >= next && command.kind === "at" && atString(command) === text,
    );
    if (index < 0) return undefined;
    next = index + 1;
    return replyAt(replies, index);
  };
}

function replyAt(replies: readonly unknown[], index: number): ScriptedReply | undefined {
  const reply = replies[index];
  if (reply === null || reply === undefined) return undefined;
  if (isRecord(reply) && typeof reply["errno"] === "number") return { errno: reply["errno"] };
  return { text: wireTextOf(reply, "replies") };
}

/** What the library sent; a number stands for the AT string of that command. */
function sentOf(peer: Row, commands: readonly Command[], replies: readonly unknown[]): readonly AtExchange[] {
  return listField(peer, "sent").map((entry) => {
    if (typeof entry !== "number") return { sent: wireTextOf(entry, "sent"), reply: undefined };
    const command = commands[entry];
    if (command?.kind !== "at") throw invalid("peer.sent", "the place of an AT command");
    const reply = replyAt(replies, entry);
    return { sent: atString(command), reply: reply !== undefined && "text" in reply ? reply.text : undefined };
  });
}
