import { resolve } from "node:path";
import type { LineStart } from "../audit/outbox.ts";
import type { ResolvedLine } from "../contract/line-file.ts";
import { loadLine } from "../station/files/line-file.ts";
import { oneOf } from "./arguments.ts";
import type { Arguments, CommandContext, OptionSpec } from "./command.ts";

/** The options of commands that work as a station of a line. */
export const LINE_OPTIONS = {
  line: { kind: "value", value: "FILE", help: "the line file: this station shares a line with others" },
  "line-from": {
    kind: "value",
    value: "start|now",
    help: "what the line gets of an audit database that joins it: everything (default), or only what comes",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The line of `--line FILE`, where it is given. @throws StationError file.* */
export async function lineOrder(
  args: Arguments,
  { environment }: CommandContext,
): Promise<{ readonly file: string; readonly settings: ResolvedLine } | undefined> {
  const text = args.value("line");
  if (text === undefined) return undefined;
  const file = resolve(text);
  return { file, settings: await loadLine(file, { environment }) };
}

/** What `--line-from` says. @throws StationError usage.option */
export function lineStart(args: Arguments): LineStart {
  return oneOf(args, "line-from", ["start", "now"], "start") === "now" ? "from-now" : "everything";
}
