import { lookAtLine } from "../../line/set-up.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../command.ts";
import { table } from "../output/table.ts";
import { withLine } from "./with-line.ts";

/** `station line status`: what there is of a line. */
export async function run(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const facts = await withLine(args, context, async (session, { settings: { name, station } }) => {
    const parts = await lookAtLine(session);
    return { line: name, station: station.name, server: session.nats.getServer(), parts };
  });
  if (args.flag("json")) context.out(`${JSON.stringify(facts)}\n`);
  else {
    const { line, station, server, parts } = facts;
    context.out(`line     ${line}\nstation  ${station}\nserver   ${server}\n\n`);
    const rows = parts.map(({ name, messages, bytes, replicas, leader = "" }) => [
      ...[name, String(messages), String(bytes), String(replicas), leader],
    ]);
    context.out(table([["part", "messages", "bytes", "replicas", "leader"], ...rows]));
  }
  return EXIT.passed;
}
