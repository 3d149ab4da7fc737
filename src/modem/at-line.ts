import type { AtFinal } from "./at-port.ts";

/** What a line from the modem is, seen from a command whose information lines begin with one of its own prefixes. */
export type LineMeaning =
  | { readonly kind: "final"; readonly final: AtFinal }
  | { readonly kind: "info" }
  /** A notification of the modem that belongs to no command. */
  | { readonly kind: "unsolicited" }
  /** A log line of the firmware between modem and wire. */
  | { readonly kind: "noise" }
  /** The board started anew. */
  | { readonly kind: "boot" }
  /** The shell does not know the command, or could not hand it to the modem. */
  | { readonly kind: "refused"; readonly mode: "unknown-command" | "not-sent" };

const FINAL_ERROR = /^\+CM([ES]) ERROR: ?(\d{1,9})$/;
const TEXT_ERROR = /^\+CM[ES] ERROR:/;
const PREFIX = /^([+%#][A-Za-z0-9_]{1,32}):/;
const BOOT =
  /^(?:\*{3} (?:Booting|Using) |(?:Ready|READY|#XREADY)$|I: Starting bootloader|The AT host sample started$)/;
const LOG =
  /^(?:(?:\[\d{2,}:\d\d:\d\d[.,\d]*\] )?<(?:err|wrn|inf|dbg)> |AT event handler:$|--- \d+ messages dropped ---)/;
const UNKNOWN_COMMAND = /: command not found$/;
const NOT_SENT = /^Sending AT command failed with error code/;

/** Reads one cleaned line. `prefixes` are the command's own, as {@link replyPrefixes} makes them. */
export function meaningOf(line: string, prefixes: readonly string[]): LineMeaning {
  const final = parseFinal(line);
  if (final !== undefined) return { kind: "final", final };
  const prefix = PREFIX.exec(line)?.[1];
  if (prefix !== undefined) return { kind: prefixes.includes(prefix.toUpperCase()) ? "info" : "unsolicited" };
  if (BOOT.test(line)) return { kind: "boot" };
  if (LOG.test(line)) return { kind: "noise" };
  if (UNKNOWN_COMMAND.test(line)) return { kind: "refused", mode: "unknown-command" };
  if (NOT_SENT.test(line)) return { kind: "refused", mode: "not-sent" };
  return { kind: "info" };
}

/** The final result that a line is: `OK`, `ERROR`, `+CME ERROR: n`, `+CMS ERROR: n`, the whole line (at.md 1); else undefined. */
export function parseFinal(line: string): AtFinal | undefined {
  const text = line.trim();
  if (text === "OK") return { kind: "ok" };
  if (text === "ERROR") return { kind: "error" };
  const coded = FINAL_ERROR.exec(text);
  if (coded !== null) return { kind: coded[1] === "E" ? "cme" : "cms", code: Number(coded[2]) };
  return TEXT_ERROR.test(text) ? { kind: "error" } : undefined;
}

const COMMAND_NAME = /^AT([+%#][A-Za-z0-9_]{1,32})/i;
const CHAINED_NAME = /;(?:AT)?([+%#][A-Za-z0-9_]{1,32})/gi;

/**
 * The prefixes that the information lines of a command carry, upper case: its own name, and the names of commands
 * chained behind a semicolon (`AT%XSUDO=…;%CMNG=1`). Empty for plain `AT`.
 */
export function replyPrefixes(command: string): readonly string[] {
  const own = COMMAND_NAME.exec(command)?.[1];
  if (own === undefined) return [];
  if (!command.includes(";")) return [own.toUpperCase()];
  const unquoted = command.replaceAll(/"[^"]*"?/g, "");
  const chained = [...unquoted.matchAll(CHAINED_NAME)].map((match) => match[1] ?? "");
  return [own, ...chained].map((name) => name.toUpperCase());
}
