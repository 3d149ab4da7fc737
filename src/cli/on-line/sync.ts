import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { openAuditStore } from "../../audit/open-audit-store.ts";
import { STATION_VERSION } from "../../core/version.ts";
import { lineOrder, lineStart } from "../line-order.ts";
import { required } from "../arguments.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../command.ts";
import { joinLine } from "./join-line.ts";

/** `station line sync`: sends what waits in an audit database, and compares runs that went on alone. */
export async function run(args: Arguments, context: CommandContext): Promise<ExitCode> {
  required(args, "line");
  const order = await lineOrder(args, context);
  const file = resolve(required(args, "audit"));
  const { clock } = context;
  const opened = { file, clock, random: randomBytes, version: STATION_VERSION, program: "station" };
  const { store } = await openAuditStore({ ...opened, line: lineStart(args) });
  try {
    const before = store.outbox?.size ?? 0;
    if (order !== undefined) await (await joinLine(order, store, context)).close();
    const waiting = store.outbox?.size ?? 0;
    const facts = { station: store.stationId, sent: Math.max(0, before - waiting), waiting };
    context.out(args.flag("json") ? `${JSON.stringify(facts)}\n` : `sent     ${facts.sent}\nwaiting  ${waiting}\n`);
    return waiting === 0 ? EXIT.passed : EXIT.failed;
  } finally {
    await store.close();
  }
}
