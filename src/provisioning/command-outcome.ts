import type { AtFinal, AtReply } from "../modem/at-port.ts";
import { finalText, modemError } from "../modem/cme-errors.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { cString, wireLength } from "./at-string.ts";
import type { AtCommand, CommandResponse, ConfigCommand } from "./command.ts";
import type { Compatibility } from "./execution-seam.ts";

/** The longest modem reply that is reported, in bytes: the library's reply buffer without its NUL (protocol.md 4.3). */
export const REPLY_LIMIT = 4095;

/** What became of one command: its response, and the error for the operator when the list stops here. */
export type CommandOutcome = { readonly response: CommandResponse; readonly failure?: StationError };

/** The outcome of an AT command that the modem answered (protocol.md 4.4). */
export function atOutcome(command: AtCommand, reply: AtReply, compatibility: Compatibility): CommandOutcome {
  const message = cString(reply.text);
  const size = wireLength(message);
  if (size > REPLY_LIMIT) return replyTooLong(command, size);
  const code = failureCode(command, reply.final, compatibility);
  if (code === undefined) return { response: { kind: "at", id: command.id, message } };
  return {
    response: { kind: "error", id: command.id, cme: code, message },
    failure: refusal(command, reply.final),
  };
}

/** Why the modem refused a command: the code of its error number, where the table knows one that says more than "no". */
function refusal(command: AtCommand, final: AtFinal): StationError {
  const facts = { ...factsOf(command), reply: finalText(final) };
  const what = "the modem refused a provisioning command";
  if (final.kind === "ok") return new StationError("provisioning.command-refused", what, facts);
  const { code, name } = modemError(final);
  if (code === "at.rejected") return new StationError("provisioning.command-refused", what, facts);
  return new StationError(code, `${what}: ${name}`, facts);
}

/**
 * The code that makes a result a failure, or undefined when it counts as success. To the library a plain `ERROR` is
 * code 0, and code 0 is success; by default both are failures here (open-questions.md Q4) unless 0 is to be ignored.
 */
function failureCode(command: AtCommand, final: AtFinal, compatibility: Compatibility): number | undefined {
  if (final.kind === "ok") return undefined;
  const code = final.kind === "error" ? 0 : final.code;
  if (command.ignoreCmeErrors.includes(code)) return undefined;
  return code === 0 && compatibility === "strict" ? undefined : code;
}

/**
 * The outcome of an AT command that got no answer: the library's "AT interface failure" (protocol.md 4.4). The message is
 * what the modem said before, where the error carries it as its fact `buffered`; mostly empty.
 */
export function unansweredOutcome(command: AtCommand, cause: StationError): CommandOutcome {
  const { buffered } = cause.facts;
  const message = typeof buffered === "string" ? cString(buffered) : "";
  return {
    response: { kind: "error", id: command.id, cme: 0, message },
    failure: new StationError(
      cause.code,
      `a provisioning command got no answer: ${cause.message}`,
      { ...cause.facts, ...factsOf(command) },
      { cause },
    ),
  };
}

/** The outcome of an AT command that is longer than the buffer (protocol.md 4.2); it is not sent. */
export function tooLongOutcome(command: AtCommand, size: number, limit: number): CommandOutcome {
  return {
    response: { kind: "error", id: command.id, cme: 0, message: `AT command of ${size} bytes, limit ${limit}` },
    failure: new StationError("provisioning.command-too-long", "an AT command is longer than the buffer", {
      ...factsOf(command),
      size: quantity(size, "bytes"),
      limit: quantity(limit, "bytes"),
    }),
  };
}

function replyTooLong(command: AtCommand, size: number): CommandOutcome {
  return {
    response: { kind: "error", id: command.id, cme: 0, message: `reply of ${size} bytes, limit ${REPLY_LIMIT}` },
    failure: new StationError("provisioning.reply-too-long", "the modem's reply is too long to report", {
      ...factsOf(command),
      size: quantity(size, "bytes"),
      limit: quantity(REPLY_LIMIT, "bytes"),
    }),
  };
}

/**
 * The outcome of a config command whose pair at `index` (from 0) was refused (protocol.md 4.6): the store's errno as an
 * unsigned 32-bit number; the pairs before it stay written.
 * @param errno positive
 */
export function settingRefusedOutcome(
  command: ConfigCommand,
  index: number,
  errno: number,
  failure: StationError,
): CommandOutcome {
  const message = `property ${index} not stored`;
  return { response: { kind: "error", id: command.id, cme: 2 ** 32 - errno, message }, failure };
}

/** The parts of a command that may be shown: never its parameters, which hold keys. */
function factsOf(command: AtCommand): { readonly command: string; readonly id: string } {
  return { command: `AT${command.command}`, id: command.id };
}
