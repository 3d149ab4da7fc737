import type { AtPort } from "../modem/at-port.ts";
import { apiNumber, type ApiResult } from "./api-result.ts";
import { atoi } from "./c-number.ts";
import type { ProvisioningClient } from "./client.ts";
import type { Errno } from "./errno.ts";
import { readAttestationToken, readDeviceUuid } from "./modem-queries.ts";

/** What the shell commands work on. */
export type ShellPorts = {
  readonly client: Pick<ProvisioningClient, "triggerManually" | "setInterval">;
  readonly modem: AtPort;
  readonly signal?: AbortSignal;
};

/** What a shell command prints, line by line, and its result. */
export type ShellAnswer = { readonly lines: readonly string[]; readonly result: ApiResult };

/** A typed line understood. */
export type ShellCommand =
  | { readonly kind: "now" | "token" | "uuid" | "help" }
  /** Seconds as C's atoi reads them; absent when none were typed. */
  | { readonly kind: "interval"; readonly seconds?: number }
  /** A subcommand that there is not. */
  | { readonly kind: "unknown"; readonly word: string };

const NAME = "nrf_provisioning";
const INTERVAL_USAGE = `Usage: ${NAME} interval <seconds>`;
const LONGEST_LINE = 1024;
const HELP: readonly string[] = [
  `${NAME} - provisioning commands`,
  "Subcommands:",
  "  now       starts provisioning now",
  "  token     prints the attestation token",
  "  uuid      prints the device UUID",
  "  interval  sets the provisioning interval in seconds",
];

/** Reads a line of `nrf_provisioning` (protocol.md 11); undefined when it is another command's line. */
export function parseShellLine(line: string): ShellCommand | undefined {
  const [name, word, argument] = wordsOf(line.slice(0, LONGEST_LINE));
  if (name !== NAME) return undefined;
  switch (word) {
    case undefined:
      return { kind: "help" };
    case "now":
    case "token":
    case "uuid":
      return { kind: word };
    case "interval":
      return argument === undefined ? { kind: "interval" } : { kind: "interval", seconds: atoi(argument) };
  }
  return { kind: "unknown", word };
}

/** Performs a command and answers what the library's shell prints (protocol.md 11). */
export async function answerShell(command: ShellCommand, ports: ShellPorts): Promise<ShellAnswer> {
  switch (command.kind) {
    case "now":
      return startNow(ports);
    case "token":
      return printToken(ports);
    case "uuid":
      return printUuid(ports);
    case "interval":
      return changeInterval(command.seconds, ports);
    case "help":
      return { lines: HELP, result: 0 };
    case "unknown":
      return { lines: [`${NAME}: no subcommand ${command.word}`, ...HELP], result: "EINVAL" };
  }
}

/** Reads and performs a line; lines of other commands are answered as unknown. */
export async function answerShellLine(line: string, ports: ShellPorts): Promise<ShellAnswer> {
  const command = parseShellLine(line);
  if (command !== undefined) return answerShell(command, ports);
  const word = wordsOf(line.slice(0, LONGEST_LINE))[0];
  return word === undefined ? { lines: [], result: 0 } : { lines: [`${word}: command not found`], result: "ENOENT" };
}

function startNow(ports: ShellPorts): ShellAnswer {
  const result = ports.client.triggerManually();
  if (result === 0) return { lines: [], result };
  const what = result === "EFAULT" ? "The provisioning client is not initialized" : "Provisioning did not start";
  return { lines: [`${what}, err ${apiNumber(result)}`], result };
}

async function printToken(ports: ShellPorts): Promise<ShellAnswer> {
  const token = await readAttestationToken(ports.modem, ports.signal);
  if (token.kind === "ok") return { lines: [token.value.reveal(), ""], result: 0 };
  return failedWith("No attestation token", token.errno);
}

async function printUuid(ports: ShellPorts): Promise<ShellAnswer> {
  const uuid = await readDeviceUuid(ports.modem, ports.signal);
  if (uuid.kind === "ok") return { lines: [uuid.value, ""], result: 0 };
  return failedWith("No device UUID", uuid.errno);
}

async function changeInterval(interval: number | undefined, ports: ShellPorts): Promise<ShellAnswer> {
  if (interval === undefined) return { lines: ["No interval given", INTERVAL_USAGE], result: "EINVAL" };
  const result = await ports.client.setInterval(interval);
  return result === 0 ? { lines: [], result } : failedWith("The interval was not changed", result);
}

function failedWith(what: string, errno: Errno): ShellAnswer {
  return { lines: [`${what}, err ${apiNumber(errno)}`], result: errno };
}

/** The words of a line; double or single quotes keep blanks. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [];
  return words.map((word) => (/^(["']).*\1$/s.test(word) ? word.slice(1, -1) : word));
}
