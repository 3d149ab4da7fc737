import { describeError, StationError } from "../../core/error.ts";
import { visible } from "../../core/visible.ts";
import { formatFact, type Facts } from "../../core/fact.ts";

/**
 * An error as a person at a terminal reads it: what happened, then what to do. Of a file with mistakes, each on a line of
 * its own. A mistake of ours shows where in the program it happened.
 * @param command the command that was called
 */
export function errorText(error: unknown, command: string): string {
  if (!(error instanceof StationError)) return `${describeError(error)}\n${stackOf(error)}`;
  const advice = error.advice.replace("`station help COMMAND`", `\`station help ${command}\``);
  return `${fileReport(error) ?? describeError(error)}\n${advice}`;
}

/** The mistakes of a file below its name; undefined for errors that are not about places in a file. */
function fileReport({ code, message, facts }: StationError): string | undefined {
  const { file, line, problems } = facts;
  if (typeof file !== "string" || typeof line !== "number" || !message.startsWith(`line ${line}`)) return undefined;
  const texts = [message, ...furtherProblems(facts)];
  const left = countOf(problems) - texts.length;
  const more = left > 0 ? [`and ${left} more`] : [];
  return [`[${code}] ${visible(file)}`, ...[...texts, ...more].map((text) => `  ${visible(text)}`)].join("\n");
}

function furtherProblems(facts: Facts): readonly string[] {
  return Object.entries(facts).flatMap(([name, fact]) => (/^problem \d+$/.test(name) ? [formatFact(fact)] : []));
}

function countOf(problems: Facts[string] | undefined): number {
  return typeof problems === "object" && problems !== null ? problems.value : 1;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
