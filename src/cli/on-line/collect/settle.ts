import { randomBytes } from "node:crypto";
import { parseCentralAddress } from "../../../collect/central-address.ts";
import { openSession } from "../../../collect/open-central.ts";
import { openForReading } from "../../../collect/read/open-for-reading.ts";
import { settleFindings } from "../../../collect/settle-findings.ts";
import { checkedText, required } from "../../arguments.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../../command.ts";
import { centralText } from "./central-option.ts";
import { findingText } from "./collect-text.ts";

const NAME = { form: /^[^\p{Cc}]{1,64}$/u, what: "1 to 64 characters on one line" };
const REASON = { form: /^[^\p{Cc}]{1,500}$/u, what: "1 to 500 characters on one line" };

/** `station collect --settle ID`: a person has looked at what did not fit. Exit code 1: more is open of the station. */
export async function settle(args: Arguments, context: CommandContext): Promise<ExitCode> {
  for (const name of ["operator", "reason"]) required(args, name);
  const settlement = {
    settledBy: checkedText(args, "operator", NAME) ?? "",
    settledWhy: checkedText(args, "reason", REASON) ?? "",
  };
  const text = await centralText(args, context);
  // Says first whether something was collected there; a session that may write would make what is missing.
  await (await openForReading(text)).close();
  const sql = await openSession(parseCentralAddress(text), { readOnly: false, program: "station collect" });
  try {
    const surroundings = { now: context.clock.now(), random: randomBytes };
    const done = await settleFindings(sql, required(args, "settle"), settlement, surroundings);
    const { settled, state, verdict, open } = done;
    const { station, name, position, top, signedUpTo } = state;
    if (args.flag("json"))
      context.out(`${JSON.stringify({ station, name, position, top, signedUpTo, verdict, settled, open })}\n`);
    else {
      for (const finding of settled) context.out(`settled  ${name} ${findingText(finding)}\n`);
      for (const finding of open) context.out(`open     ${name} ${findingText(finding)}\n`);
      context.out(`verdict  ${verdict.kind}, ${position} of ${top} events\n`);
    }
    return verdict.kind === "good" ? EXIT.passed : EXIT.failed;
  } finally {
    await sql.close();
  }
}
