import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import type { AtOptions, AtPort, AtReply } from "../at-port.ts";
import { finalText, modemError } from "../cme-errors.ts";
import { commandLabel } from "../command-label.ts";

/**
 * Sends a command that must end with OK.
 * @throws StationError the code of the modem's error (cme-errors.ts), at.*, link.*
 */
export async function ask(port: AtPort, command: string, options: AtOptions = {}): Promise<AtReply> {
  const reply = await port.send(command, options);
  requireOk(command, reply);
  return reply;
}

/** @throws StationError the code of the modem's error when the reply does not end with OK */
export function requireOk(command: string, reply: AtReply): void {
  if (reply.final.kind === "ok") return;
  const { name, sentence, code } = modemError(reply.final);
  throw new StationError(code, sentence, { command: commandLabel(command), answer: finalText(reply.final), name });
}

/** The error for an answer that does not have the form it must have; its text is not repeated, as it may be secret. */
export function unreadable(command: string, wanted: string, reply: AtReply): StationError {
  return new StationError("at.unreadable", `the answer holds no ${wanted}`, {
    command: commandLabel(command),
    wanted,
    lines: quantity(reply.lines.length, "lines"),
    length: quantity(reply.text.length, "characters"),
  });
}

/** What `read` makes of the first line that it can read. @throws StationError at.unreadable when it can read none */
export function firstOf<T>(command: string, reply: AtReply, wanted: string, read: (line: string) => T | undefined): T {
  for (const line of reply.lines) {
    const value = read(line);
    if (value !== undefined) return value;
  }
  throw unreadable(command, wanted, reply);
}

/** The text behind `prefix` and a colon, without the blanks around it; undefined when the line begins otherwise. */
export function behind(prefix: string, line: string): string | undefined {
  if (!line.toUpperCase().startsWith(`${prefix.toUpperCase()}:`)) return undefined;
  return line.slice(prefix.length + 1).trim();
}
