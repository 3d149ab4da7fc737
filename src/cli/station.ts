#!/usr/bin/env node
import { describeError, StationError } from "../core/error.ts";
import { codeEntry } from "../core/error-codes.ts";
import type { Facts } from "../core/fact.ts";
import { realClock } from "../core/real-clock.ts";
import { parseArguments } from "./arguments.ts";
import { EXIT, type CliCommand, type CommandContext, type ExitCode } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { commandHelp, overview } from "./help.ts";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs one command line and answers its exit code; errors become a sentence on stderr and, with `--json`, an object on stdout. */
async function main(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  try {
    return await dispatch(argv, context);
  } catch (error) {
    const code = exitCodeOf(error);
    context.err(`${describeError(error)}\n`);
    if (error instanceof StationError) context.err(`${error.advice}\n`);
    else context.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return code;
  }
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
  return error instanceof StationError && codeEntry(error.code).blame === "input" ? EXIT.usage : EXIT.station;
}

/**
 * Aborted by what asks the program to end. A helper of another process ends with that process; an interrupt on the terminal
 * reaches it too, and what that means is decided there.
 */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (facts: Facts): void =>
    controller.abort(new StationError("station.aborted", "stopped by a signal", facts));
  const isHelper = process.send !== undefined;
  for (const name of STOP_SIGNALS)
    process.on(name, () => {
      if (!isHelper || name === "SIGTERM") stop({ signal: name });
    });
  if (isHelper) process.once("disconnect", () => stop({ signal: "disconnect" }));
  // Listening for its end would keep this program alive by itself.
  process.channel?.unref();
  if (isHelper && !process.connected) stop({ signal: "disconnect" });
  return controller.signal;
}

// A closed terminal or pipe must not end the program in the middle of a run.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

process.exitCode = await main(process.argv.slice(2), {
  clock: realClock,
  signal: stopSignal(),
  environment: process.env,
  stdin: process.stdin,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  terminal: process.stderr.isTTY,
  colours: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "",
});
