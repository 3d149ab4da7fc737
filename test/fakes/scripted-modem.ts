import { StationError } from "../../src/core/error.ts";
import { parseFinal } from "../../src/modem/at-line.ts";
import type { AtOptions, AtPort, AtReply } from "../../src/modem/at-port.ts";

/** One line of a script: the command, whole or as a pattern, and the answer's text (CR LF line ends, final result included) or an error. */
export type ScriptLine = readonly [
  command: string | RegExp,
  answer: string | StationError | ((command: string) => string | StationError),
];

/** The reply that a modem's text stands for; a quoted value may span lines. */
export function replyOf(text: string): AtReply {
  const parts = text.match(/(?:"[^"]*"|[^"\r\n])+/g) ?? [];
  const final = parseFinal(parts.at(-1) ?? "");
  if (final === undefined) throw new StationError("station.internal", `the script has no final result: ${text}`);
  return { final, lines: parts.slice(0, -1), text };
}

/**
 * A modem that answers by a script: the first line that fits counts, each as often as it is asked; what no line fits gets
 * `ERROR`. For tests of everything that talks to an AtPort.
 */
export class ScriptedModem implements AtPort {
  /** Every command, in order. */
  readonly sent: string[] = [];
  readonly options: AtOptions[] = [];
  readonly #script: readonly ScriptLine[];

  constructor(script: readonly ScriptLine[] = []) {
    this.#script = script;
  }

  async send(command: string, options: AtOptions = {}): Promise<AtReply> {
    options.signal?.throwIfAborted();
    this.sent.push(command);
    this.options.push(options);
    const line = this.#script.find(([wanted]) =>
      typeof wanted === "string" ? wanted === command : wanted.test(command),
    );
    const answer = line === undefined ? "ERROR\r\n" : typeof line[1] === "function" ? line[1](command) : line[1];
    if (answer instanceof StationError) throw answer;
    return replyOf(answer);
  }
}
