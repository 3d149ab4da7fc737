import { parseArgs } from "node:util";
import { quantity } from "../core/fact.ts";
import { StationError } from "../core/error.ts";
import type { Arguments, CliCommand } from "./command.ts";

const LONGEST_ARGUMENT = 4096;
const MOST_ARGUMENTS = 1024;

/**
 * Parses the arguments of one command strictly: unknown options, missing values and surplus positionals are refused.
 * @throws StationError usage.option naming the argument
 */
export function parseArguments(command: CliCommand, argv: readonly string[]): Arguments {
  assertBounded(argv);
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, spec]) => [
      name,
      { type: spec.kind === "flag" ? ("boolean" as const) : ("string" as const), multiple: spec.kind === "list" },
    ]),
  );
  const { values, positionals } = parse(command, withValues(command, argv), options);
  if (positionals.length > command.maxPositionals)
    throw usage(command, `unexpected argument`, { argument: positionals[command.maxPositionals] ?? "" });
  if (positionals.length < command.minPositionals) throw usage(command, `${command.positionals} is missing`, {});
  return {
    flag: (name) => values[name] === true,
    value: (name) => (typeof values[name] === "string" ? values[name] : undefined),
    list: (name) => (Array.isArray(values[name]) ? values[name].map(String) : []),
    positionals,
  };
}

/**
 * A whole number of an option within a range.
 * @throws StationError usage.option with the range
 */
export function wholeNumber(args: Arguments, name: string, range: readonly [number, number], fallback: number): number {
  const text = args.value(name);
  if (text === undefined) return fallback;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= range[0] && number <= range[1]) return number;
  throw new StationError("usage.option", `--${name} must be a whole number`, {
    given: text.slice(0, 40),
    smallest: range[0],
    largest: range[1],
  });
}

/**
 * One of a fixed set of words.
 * @throws StationError usage.option naming the words
 */
export function oneOf<const Word extends string>(
  args: Arguments,
  name: string,
  words: readonly Word[],
  fallback: Word,
): Word {
  const text = args.value(name);
  if (text === undefined) return fallback;
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw new StationError("usage.option", `--${name} must be one of ${words.join(", ")}`, { given: text.slice(0, 40) });
}

/**
 * The value of an option that must be there.
 * @throws StationError usage.option
 */
export function required(args: Arguments, name: string): string {
  const text = args.value(name);
  if (text !== undefined && text !== "") return text;
  throw new StationError("usage.option", `--${name} is missing`, { option: `--${name}` });
}

/** The form that a text must have, and how people call it. */
export type CheckedText = { readonly form: RegExp; readonly what: string };

/** A text of a form, or undefined when it is not given. @throws StationError usage.option */
export function checkedText(args: Arguments, name: string, { form, what }: CheckedText): string | undefined {
  const text = args.value(name);
  if (text === undefined || form.test(text)) return text;
  throw new StationError("usage.option", `--${name} must be ${what}`, { given: text.slice(0, 40) });
}

/** The arguments with values that begin with one dash, as keys and negative numbers may, bound to their options. */
function withValues(command: CliCommand, argv: readonly string[]): string[] {
  const bound: string[] = [];
  for (const [index, argument] of argv.entries()) {
    const before = bound.at(-1) ?? "";
    if (argv[index - 1] === "--") return [...bound, ...argv.slice(index)];
    if (/^-[^-]/.test(argument) && takesValue(command, before)) bound.splice(-1, 1, `${before}=${argument}`);
    else bound.push(argument);
  }
  return bound;
}

function takesValue({ options }: CliCommand, argument: string): boolean {
  const name = argument.slice(2);
  return argument.startsWith("--") && Object.hasOwn(options, name) && options[name]?.kind !== "flag";
}

type Parsed = { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] };

function parse(
  command: CliCommand,
  args: string[],
  options: NonNullable<Parameters<typeof parseArgs>[0]>["options"],
): Parsed {
  try {
    return parseArgs({ args, options: options ?? {}, allowPositionals: true, strict: true });
  } catch (cause) {
    throw usage(
      command,
      cause instanceof Error ? (cause.message.split(/\.\s/)[0] ?? "wrong option") : "wrong option",
      {},
      cause,
    );
  }
}

function usage(
  command: CliCommand,
  what: string,
  facts: Readonly<Record<string, string>>,
  cause?: unknown,
): StationError {
  return new StationError("usage.option", what, { command: command.name, ...facts }, { cause });
}

function assertBounded(argv: readonly string[]): void {
  if (argv.length > MOST_ARGUMENTS)
    throw new StationError("usage.option", "too many arguments", { limit: quantity(MOST_ARGUMENTS, "items") });
  const long = argv.findIndex((argument) => argument.length > LONGEST_ARGUMENT);
  if (long >= 0)
    throw new StationError("usage.option", "an argument is too long", {
      position: long + 1,
      limit: quantity(LONGEST_ARGUMENT, "characters"),
    });
}
