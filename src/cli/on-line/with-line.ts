import { resolve } from "node:path";
import { seconds } from "../../core/duration.ts";
import { connectLine, type Line, type LineSession } from "../../line/connect-line.ts";
import { loadLine } from "../../station/files/line-file.ts";
import { required } from "../arguments.ts";
import type { Arguments, CommandContext } from "../command.ts";

/** The line of `--line FILE`, looked for from now on. @throws StationError usage.option, file.*, line.credentials */
export async function openLine(args: Arguments, context: CommandContext): Promise<Line> {
  const settings = await loadLine(resolve(required(args, "line")), { environment: context.environment });
  return connectLine(settings, { clock: context.clock });
}

/** Does something with the line of `--line FILE` once it is reached, within its limit. @throws StationError usage.option, file.*, line.* */
export async function withLine<T>(
  args: Arguments,
  context: CommandContext,
  work: (session: LineSession, line: Line) => Promise<T>,
): Promise<T> {
  const line = await openLine(args, context);
  try {
    const { connectSeconds } = line.settings.limits;
    return await work(await line.reach(seconds(connectSeconds * line.settings.servers.length), context.signal), line);
  } finally {
    await line.close();
  }
}
