import { seconds } from "../../core/duration.ts";
import { StationError } from "../../core/error.ts";
import { setUpLine } from "../../line/set-up.ts";
import { wholeNumber } from "../arguments.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../command.ts";
import { table } from "../output/table.ts";
import { withLine } from "./with-line.ts";

const DAY = 86_400;
const USUAL_LEASE = 30;

/** `station line setup`: makes the streams and buckets that stations share. */
export async function run(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const replicas = wholeNumber(args, "replicas", [1, 5], 1);
  if (replicas % 2 === 0)
    throw new StationError("usage.option", "--replicas must be 1, 3 or 5: an even number outlives no more servers");
  const days = wholeNumber(args, "keep-days", [0, 36_500], 0);
  const parts = await withLine(args, context, (session, { settings }) => {
    const lease = seconds(settings.interlock === false ? USUAL_LEASE : settings.interlock.leaseSeconds);
    return setUpLine(session, { replicas, lease, ...(days === 0 ? {} : { keep: seconds(days * DAY) }) });
  });
  if (args.flag("json")) context.out(`${JSON.stringify({ parts })}\n`);
  else context.out(table([["part", ""], ...parts.map(({ name, done }) => [name, done])]));
  return EXIT.passed;
}
