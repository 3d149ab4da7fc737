import { decodeWireText } from "../core/wire-text.ts";
import type { ReceivedLine } from "./received-line.ts";

/** The prompt with its colour codes, as Zephyr's shell writes it over a terminal. */
export const SHELL_PROMPT = "\u001b[1;32muart:~$ \u001b[m";

const BACKSPACES = new Set([0x08, 0x7f]);

/** One line of Zephyr's shell while it is typed, and what at_shell makes of it. */
export class ShellLine {
  readonly #bytes: Uint8Array;
  readonly #provisions: boolean;
  #length = 0;

  /**
   * @param longest how many bytes it takes; what is typed beyond is dropped, as the shell does
   * @param provisions whether the shell is that of an application with the provisioning library, and has its commands
   */
  constructor(longest: number, provisions = false) {
    this.#bytes = new Uint8Array(longest);
    this.#provisions = provisions;
  }

  add(byte: number): void {
    if (BACKSPACES.has(byte)) this.#length = Math.max(0, this.#length - 1);
    else if (byte >= 0x20 && this.#length < this.#bytes.length) this.#bytes[this.#length++] = byte;
  }

  /** Takes the line off. */
  finish(): ReceivedLine {
    const text = decodeWireText(this.#bytes.slice(0, this.#length));
    this.clear();
    return this.#provisions && isProgram(text) ? { kind: "command", command: text } : readShellLine(text);
  }

  clear(): void {
    this.#length = 0;
  }
}

/** Whether a typed line is for a program of the application: the provisioning library's (protocol.md 11), or the kernel's. */
export function isProgram(text: string): boolean {
  return /^ *(?:nrf_provisioning|kernel)(?: |$)/.test(text);
}

/** Whether a typed line starts the board anew, as the vendor's scripts do when they have claimed it (peers.md 4.1). */
export function isReboot(text: string): boolean {
  return /^ *kernel +reboot +(?:warm|cold) *$/.test(text);
}

/** What a typed line means: an AT command in `at '…'` or `at …`, or something that the shell answers itself. */
export function readShellLine(text: string): ReceivedLine {
  const words = shellWords(text);
  if (words === undefined) return reply("Unterminated quote");
  const [program, command, ...more] = words;
  if (program === undefined) return { kind: "reply", text: SHELL_PROMPT };
  if (program !== "at") return reply(`${program}: command not found`);
  if (command === undefined) return reply("at - Execute an AT command");
  if (more.length > 0) return reply("at: wrong parameter count");
  if (command === "events_enable" || command === "events_disable") return reply(`AT ${command.replace("_", " ")}d`);
  return { kind: "command", command: unescaped(command) };
}

function reply(text: string): ReceivedLine {
  return { kind: "reply", text: `${text}\r\n${SHELL_PROMPT}` };
}

// CONFIG_AT_SHELL_UNESCAPE_LF: a typed \n becomes CR LF in credential writes only (protocol.md 11).
function unescaped(command: string): string {
  return /^AT%CMNG=0,/i.test(command) ? command.replaceAll("\\n", "\r\n") : command;
}

/** The words of a line as the shell takes them apart: single or double quotes, a backslash before a quote keeps it. */
function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (character === "\\" && (next === quote || (quote === undefined && /["']/.test(next)))) {
      word = (word ?? "") + next;
      at++;
    } else if (quote === undefined ? /["']/.test(character) : character === quote) {
      quote = quote === undefined ? character : undefined;
      word ??= "";
    } else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (word !== undefined) words.push(word);
  return quote === undefined ? words : undefined;
}
