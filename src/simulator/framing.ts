import { decodeWireText, encodeWireText } from "../core/wire-text.ts";
import { answerText, PLAIN_ERROR, type Answer } from "./answer.ts";
import type { ReceivedLine } from "./received-line.ts";
import { isProgram, ShellLine, SHELL_PROMPT } from "./shell-line.ts";

/** How a modem's bytes look on the line (at.md 1). */
export type Framing = {
  /** Plain AT commands, or Zephyr's shell with `at '…'`. */
  readonly mode: "at" | "shell";
  /** What the firmware writes before each reply. */
  readonly lead: "" | "\n" | "\r\n";
  /** Whether the shell has the provisioning library's command; default false. */
  readonly provisions?: boolean;
};

/** The framing where nothing else is asked for. */
export const PLAIN_FRAMING: Framing = { mode: "at", lead: "" };

/** The longest line taken, in bytes (at_host's command buffer). */
export const LONGEST_LINE = 4096;

/** What one step through the received bytes gave. */
export type Received = {
  /** How many of the bytes were used; the rest belongs to the next step. */
  readonly used: number;
  /** Bytes to send back at once. */
  readonly echo: Uint8Array;
  /** A complete line: a command, or an answer given without the modem. */
  readonly line?: ReceivedLine;
};

/** Puts lines together from bytes in any chunking and frames the replies. */
export interface Framer {
  /** Takes bytes up to the end of the first complete line. */
  take(bytes: Uint8Array, echo: boolean): Received;
  /** The bytes of an answer, unsolicited lines included. */
  frame(answer: Answer, unsolicited: readonly string[]): Uint8Array;
  /** The bytes of text that is no answer. */
  note(text: string): Uint8Array;
  /** The bytes of text that the firmware writes of its own accord; `idle`: no command is carried out. */
  aside(text: string, idle: boolean): Uint8Array;
  /** Forgets a half line. */
  reset(): void;
}

/** The framer of a framing. */
export function makeFramer(framing: Framing): Framer {
  return framing.mode === "at" ? new AtFramer(framing.lead) : new ShellFramer(framing);
}

const CR = 0x0d;
const LF = 0x0a;
const NUL = 0x00;
const QUOTE = 0x22;
const NOTHING = new Uint8Array(0);

/** at_host: a line ends at CR or LF outside quotes; line ends within quotes are data. */
class AtFramer implements Framer {
  readonly #lead: string;
  readonly #line = new Uint8Array(LONGEST_LINE);
  #length = 0;
  #quoted = false;
  #overflow = false;

  constructor(lead: string) {
    this.#lead = lead;
  }

  take(bytes: Uint8Array, echo: boolean): Received {
    for (let at = 0; at < bytes.length; at++) {
      const line = this.#add(bytes[at] ?? 0);
      if (line === undefined) continue;
      // The LF of a CR LF is on its way before the modem answers: it belongs to this line.
      const used = bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : at + 1;
      return { used, echo: echo ? bytes.slice(0, used) : NOTHING, line };
    }
    return { used: bytes.length, echo: echo ? bytes.slice() : NOTHING };
  }

  frame(answer: Answer, unsolicited: readonly string[]): Uint8Array {
    return encodeWireText(this.#lead + interleaved(answer, unsolicited));
  }

  note(text: string): Uint8Array {
    return encodeWireText(text);
  }

  aside(text: string): Uint8Array {
    return encodeWireText(text);
  }

  reset(): void {
    this.#length = 0;
    this.#quoted = false;
    this.#overflow = false;
  }

  #add(byte: number): ReceivedLine | undefined {
    const ends = (byte === CR || byte === LF) && !this.#quoted;
    if (ends) return this.#finish();
    if (byte === NUL && this.#length === 0) return undefined;
    if (byte === QUOTE) this.#quoted = !this.#quoted;
    if (this.#length === LONGEST_LINE) this.#overflow = true;
    else this.#line[this.#length++] = byte;
    return undefined;
  }

  #finish(): ReceivedLine | undefined {
    const command = decodeWireText(this.#line.slice(0, this.#length));
    const overflow = this.#overflow;
    this.reset();
    if (overflow) return { kind: "reply", text: this.#lead + answerText(PLAIN_ERROR) };
    return command.trim() === "" ? undefined : { kind: "command", command };
  }
}

/** Zephyr's shell: echoes, shows a coloured prompt, ends a line at CR, LF or CR LF even within quotes. */
class ShellFramer implements Framer {
  readonly #lead: string;
  readonly #line: ShellLine;
  #afterCr = false;
  /** The line taken last is for a program of the shell, whose answer has no final result. */
  #program = false;

  constructor({ lead, provisions }: Framing) {
    this.#lead = lead;
    this.#line = new ShellLine(LONGEST_LINE, provisions);
  }

  take(bytes: Uint8Array): Received {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      const secondOfPair = byte === LF && this.#afterCr;
      this.#afterCr = byte === CR;
      if (secondOfPair) continue;
      if (byte !== CR && byte !== LF) {
        this.#line.add(byte);
        continue;
      }
      const echo = Buffer.concat([printable(bytes.subarray(0, at)), Buffer.from("\r\n")]);
      const line = this.#line.finish();
      this.#program = line.kind === "command" && isProgram(line.command);
      return { used: at + 1, echo, line };
    }
    return { used: bytes.length, echo: printable(bytes) };
  }

  frame(answer: Answer, unsolicited: readonly string[]): Uint8Array {
    if (this.#program) return encodeWireText([...unsolicited, ...answer.lines, SHELL_PROMPT].join("\r\n"));
    return encodeWireText(`${this.#lead}${interleaved(answer, unsolicited)}\r\n${SHELL_PROMPT}`);
  }

  note(text: string): Uint8Array {
    return encodeWireText(text);
  }

  // The shell wipes its prompt away for a log line and draws it anew, unless a command is under way.
  aside(text: string, idle: boolean): Uint8Array {
    return encodeWireText(idle ? `\u001b[8D\u001b[J${text}${SHELL_PROMPT}` : text);
  }

  reset(): void {
    this.#line.clear();
    this.#afterCr = false;
  }
}

function printable(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte) => byte >= 0x20);
}

/** The answer with the unsolicited lines before, between and after its own. */
function interleaved(answer: Answer, unsolicited: readonly string[]): string {
  const text = answerText(answer);
  if (unsolicited.length === 0) return text;
  const urcs = unsolicited.map((line) => `${line}\r\n`).join("");
  return urcs + answer.lines.map((line) => `${line}\r\n${urcs}`).join("") + answerText({ ...answer, lines: [] }) + urcs;
}
