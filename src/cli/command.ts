import type { Clock } from "../core/clock.ts";

/** An option of a command: a flag, a value, or a value that may be repeated. */
export type OptionSpec = {
  readonly kind: "flag" | "value" | "list";
  /** What the value stands for, in capitals. */
  readonly value?: string;
  readonly help: string;
};

/** The streams and surroundings a command works with; given in, so that tests can read them. */
export type CommandContext = {
  readonly clock: Clock;
  /** Aborted by SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream;
  /** Results: one JSON object or JSON Lines with `--json`, text otherwise. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  /** Whether `err` is a terminal that can be redrawn. */
  readonly terminal: boolean;
  /** Whether colours are shown and wanted (https://no-color.org). */
  readonly colours: boolean;
};

/** Exit codes: all passed, some failed, wrong usage, the station itself failed. */
export const EXIT = { passed: 0, failed: 1, usage: 2, station: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The parsed arguments of a command. */
export type Arguments = {
  flag(name: string): boolean;
  value(name: string): string | undefined;
  list(name: string): readonly string[];
  readonly positionals: readonly string[];
};

/** One command of the `station` program. */
export type CliCommand = {
  readonly name: string;
  readonly summary: string;
  /** Names of positional arguments, for the usage line. */
  readonly positionals: string;
  readonly maxPositionals: number;
  readonly minPositionals: number;
  readonly options: Readonly<Record<string, OptionSpec>>;
  run(args: Arguments, context: CommandContext): Promise<ExitCode>;
};
