import { quantity } from "../core/fact.ts";
import { StationError } from "../core/error.ts";
import { encodeWireText } from "../core/wire-text.ts";
import { commandLabel } from "./command-label.ts";

/** How a port takes AT commands: as they are, or through a Zephyr shell as `at '…'` (at.md 1). */
export type AtMode = "at" | "shell";

/** What ends a typed line; at_host is built for one of them, and takes CR LF where it waits for CR (at.md 1). */
export type LineEnding = "crlf" | "cr" | "lf" | "null";

const ENDINGS = { crlf: "\r\n", cr: "\r", lf: "\n", null: "\0" } as const;
const COMMAND_LIMIT = 65_536;

/** The bytes of a line with its end. */
export function typedBytes(line: string, ending: LineEnding): Uint8Array {
  return encodeWireText(line + ENDINGS[ending]);
}

/** A command as it is typed in a mode, without line end. */
export function typedCommand(command: string, mode: AtMode): string {
  return mode === "at" ? command : `at ${shellQuoted(command)}`;
}

/**
 * A text as one argument of a Zephyr shell, in single quotes. CR is dropped and LF typed as `\n`, which the AT shell turns
 * into CR LF within credentials (at.md 1, protocol.md 11); bytes that a shell does not take are typed as `\xHH`.
 */
export function shellQuoted(text: string): string {
  const escaped = text
    .replaceAll("\r", "")
    .replaceAll(/\\(?=[0x'])/g, "\\x5c")
    .replaceAll("\n", "\\n")
    .replaceAll("'", "\\'");
  return `'${escaped.replaceAll(UNTYPEABLE, escapeBytes)}'`;
}

const UNTYPEABLE = /[^\u0020-\u007e]+/g;

function escapeBytes(text: string): string {
  return [...encodeWireText(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

/**
 * Checks that a text is one AT command and nothing else: it begins with AT, and line ends stand inside quotes only.
 * @throws StationError at.bad-command
 */
export function checkCommand(command: string): void {
  const refuse = (what: string): never => {
    throw new StationError("at.bad-command", what, { command: commandLabel(command) });
  };
  if (!/^AT/i.test(command)) refuse("an AT command begins with AT");
  if (command.length > COMMAND_LIMIT) {
    const facts = { command: commandLabel(command), limit: quantity(COMMAND_LIMIT, "characters") };
    throw new StationError("at.bad-command", "the command is too long", facts);
  }
  if (command.includes("\0")) refuse("a command holds no NUL byte");
  const outside = command.replaceAll(/"[^"]*"/g, "");
  if (outside.includes('"')) refuse("a quoted value is not closed");
  if (/[\r\n]/.test(outside)) refuse("a line end stands outside quotes");
}
