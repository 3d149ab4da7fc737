import { codeEntry } from "../core/error-codes.ts";
import { reportOf, StationError, type ErrorReport } from "../core/error.ts";
import { parseArguments } from "./arguments.ts";
import { EXIT, type CliCommand, type CommandContext, type ExitCode } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { commandHelp, overview } from "./help.ts";
import { errorText } from "./output/error-text.ts";

/**
 * Runs one command line and answers its exit code. An error becomes a report with its advice on stderr and, with `--json`,
 * the object `{"error":{"code","what","facts","advice"}}` on stdout.
 */
export async function main(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  try {
    return await dispatch(argv, context);
  } catch (error) {
    context.err(`${errorText(error, argv[0] ?? "")}\n`);
    if (argv.includes("--json")) context.out(`${JSON.stringify({ error: errorObject(error) })}\n`);
    return exitCodeOf(error);
  }
}

function errorObject(error: unknown): Omit<ErrorReport, "cause"> {
  const { code, what, facts, advice } = reportOf(error);
  return { code, what, facts, advice };
}

async function dispatch(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") return help(rest[0], context);
  const command = await find(name);
  if (rest.includes("--help") || rest.includes("-h")) return help(name, context);
  return command.run(parseArguments(command, rest), context);
}

async function help(name: string | undefined, context: CommandContext): Promise<ExitCode> {
  const text =
    name === undefined
      ? overview(await Promise.all(Object.values(COMMANDS).map((load) => load())))
      : commandHelp(await find(name));
  context.out(text);
  return EXIT.passed;
}

async function find(name: string): Promise<CliCommand> {
  const load = Object.entries(COMMANDS).find(([known]) => known === name)?.[1];
  if (load !== undefined) return load();
  throw new StationError("usage.command", "no such command", {
    command: name.slice(0, 40),
    known: Object.keys(COMMANDS).join(", "),
  });
}

function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof StationError)) return EXIT.station;
  const { blame } = codeEntry(error.code);
  if (blame === "input") return EXIT.usage;
  // Stopped on purpose before anything ran: nothing is wrong with the station.
  return blame === "person" ? EXIT.failed : EXIT.station;
}
