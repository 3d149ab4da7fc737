import { createHash } from "node:crypto";
import type { Clock } from "../../src/core/clock.ts";
import { milliseconds, type Duration } from "../../src/core/duration.ts";
import { decodeWireText, encodeWireText } from "../../src/core/wire-text.ts";
import type { FakeFarEnd } from "./fake-at-link.ts";

/** How a {@link FakeModem} behaves. */
export type FakeModemOptions = {
  readonly echo?: boolean;
  /** A Zephyr shell with prompt, colours and an echo that wraps at 80 columns. */
  readonly shell?: boolean;
  readonly delay?: Duration;
  /** Called before the built-in answers; undefined passes the command on, "" answers nothing. */
  readonly answer?: (command: string) => string | undefined;
};

const PROMPT = "\u001b[1;32muart:~$ \u001b[m";

/** A modem on the far end of a fake line: enough of at.md to run an AtChannel and the typed commands against. */
export class FakeModem {
  readonly far: FakeFarEnd;
  /** Commands as the modem understood them. */
  readonly commands: string[] = [];
  /** Lines that the shell took, `at` or not. */
  readonly shellLines: string[] = [];
  readonly credentials = new Map<string, string>();
  readonly settings = new Map<string, string>();
  cfun = 1;
  cmee = 0;
  /** Takes commands and says nothing. */
  silent = false;
  clock = "25/10/09,08:53:20+00";
  readonly #options: FakeModemOptions;
  readonly #time: Clock;
  #echo: boolean;
  #typed: number[] = [];
  #quoted = false;

  constructor(far: FakeFarEnd, time: Clock, options: FakeModemOptions = {}) {
    this.far = far;
    this.#time = time;
    this.#options = options;
    this.#echo = options.echo ?? false;
    far.onBytes = (bytes) => {
      for (const byte of bytes) this.#take(byte);
    };
    if (options.shell === true) far.send(PROMPT);
  }

  /** Starts anew without a word: everything volatile is lost. */
  restart(): void {
    this.cfun = 0;
    this.cmee = 0;
    this.#echo = this.#options.echo ?? false;
  }

  /** Starts anew with its boot text. */
  reboot(): void {
    this.restart();
    this.far.send("*** Booting nRF Connect SDK v3.1.0 ***\r\nReady\r\n");
  }

  #take(byte: number): void {
    if (byte === 34) this.#quoted = !this.#quoted;
    const ends = byte === 13 || byte === 10;
    if (!ends || (this.#quoted && this.#options.shell !== true)) {
      this.#typed.push(byte);
      return;
    }
    const line = decodeWireText(Uint8Array.from(this.#typed));
    this.#typed = [];
    this.#quoted = false;
    if (byte === 10 && line === "") return;
    if (this.#options.shell === true) this.#shellLine(line);
    else if (line !== "") this.#atLine(line);
  }

  #atLine(line: string): void {
    const echo = this.#echo ? `${line}\r\r\n` : "";
    const answer = this.#run(line);
    this.#send(echo + answer);
  }

  #shellLine(line: string): void {
    if (line !== "") this.shellLines.push(line);
    const echo = line.replaceAll(/(?<=^(?:[\s\S]{72}|[\s\S]{72}(?:[\s\S]{80})+))/g, "\r\n");
    const at = /^at (?:'((?:[^'\\]|\\.)*)'|(\S+))$/.exec(line);
    if (at !== null) {
      const command = unquoted(at[1] ?? at[2] ?? "");
      const full = command.startsWith("AT%CMNG=0") ? command.replaceAll("\\n", "\r\n") : command;
      this.#send(`${echo}\r\n${this.#run(full)}\r\n${PROMPT}`);
    } else this.#send(`${echo}\r\n${line === "" ? "" : this.#shellCommand(line)}${PROMPT}`);
  }

  #shellCommand(line: string): string {
    const [word, verb, ...rest] = line.split(" ");
    if (word !== "settings") return `\u001b[1;31m${word ?? ""}: command not found\r\n\u001b[m`;
    const form = rest[0] === "hex" || rest[0] === "string" ? rest.shift() : "hex";
    const [key = "", value = ""] = rest;
    const hex =
      form === "string" ? Buffer.from(`${unquoted(value.replaceAll(/^'|'$/g, ""))}\0`).toString("hex") : value;
    if (verb === "write") this.settings.set(key, hex);
    else if (verb === "delete") return this.settings.delete(key) ? "" : "Failed to delete setting: -2\r\n";
    else return this.settings.has(key) ? hexDump(this.settings.get(key) ?? "") : "Setting not found\r\n";
    return key.startsWith("full/") ? "\u001b[1;31mFailed to write setting: -28\r\n\u001b[m" : "";
  }

  #send(text: string): void {
    if (this.silent) return;
    this.#time.after(this.#options.delay ?? milliseconds(0), () => this.far.send(text));
  }

  #run(command: string): string {
    this.commands.push(command);
    const own = this.#options.answer?.(command);
    if (own !== undefined) return own;
    const cmng = /^AT%CMNG=(\d)(?:,(\d+)(?:,(\d+)(?:,"([^"]*)")?)?)?$/.exec(command);
    if (cmng !== null) return this.#credential(cmng);
    const set = /^AT\+(CFUN|CMEE)=(\d+)$/.exec(command);
    if (set !== null) {
      if (set[1] === "CFUN") this.cfun = Number(set[2]);
      else this.cmee = Number(set[2]);
      return "OK\r\n";
    }
    return this.#known(command) ?? "ERROR\r\n";
  }

  #known(command: string): string | undefined {
    if (command === "ATE0") this.#echo = false;
    const known: Record<string, string> = {
      AT: "",
      ATE0: "",
      "AT+CGSN": "355025930000000\r\n",
      "AT+CGMR": "mfw_nrf91x1_2.0.2\r\n",
      "AT+CGMM": "nRF9151-LACA\r\n",
      "AT+CFUN?": `+CFUN: ${this.cfun}\r\n`,
      "AT+CMEE?": `+CMEE: ${this.cmee}\r\n`,
      "AT%CCLK?": `%CCLK: "${this.clock}",0\r\n`,
      "AT%DEVICEUUID": "%DEVICEUUID: 50363154-3931-44f0-8022-121b6401627d\r\n",
      'AT%JWT=0,300,"",""': '%JWT: "aGRy.cGF5bG9hZA.c2ln"\r\n',
    };
    const answer = known[command];
    return answer === undefined ? undefined : `${answer}OK\r\n`;
  }

  #credential([, operation, tag = "", type = "", content = ""]: RegExpExecArray): string {
    const key = `${tag},${type}`;
    if (operation === "1") return this.#list(tag, type);
    if ((operation === "0" || operation === "3") && this.cfun !== 4 && this.cfun !== 0) return this.#error(518);
    if (operation === "0") this.credentials.set(key, content);
    else if (operation === "3") return this.credentials.delete(key) ? "OK\r\n" : this.#error(513);
    else if (!this.credentials.has(key)) return this.#error(513);
    else
      return `%CMNG: ${key},"${digest(this.credentials.get(key) ?? "")}","${this.credentials.get(key) ?? ""}"\r\nOK\r\n`;
    return "OK\r\n";
  }

  #list(tag: string, type: string): string {
    const fits = (key: string): boolean =>
      (tag === "" || key.startsWith(`${tag},`)) && (type === "" || key === `${tag},${type}`);
    const entries = [...this.credentials].filter(([key]) => fits(key));
    return [...entries.map(([key, content]) => `%CMNG: ${key},"${digest(content)}"\r\n`), "OK\r\n"].join("");
  }

  #error(code: number): string {
    return this.cmee === 1 ? `+CME ERROR: ${code}\r\n` : "ERROR\r\n";
  }
}

function digest(text: string): string {
  return createHash("sha256").update(encodeWireText(text)).digest("hex").toUpperCase();
}

/** What a Zephyr shell makes of a single-quoted argument. */
function unquoted(text: string): string {
  return text.replaceAll(/\\(?:'|x([0-9a-f]{2}))/g, (_whole, hex: string | undefined) =>
    hex === undefined ? "'" : decodeWireText(Uint8Array.of(Number.parseInt(hex, 16))),
  );
}

function hexDump(hex: string): string {
  if (hex === "") return "Value is empty\r\n";
  const rows = hex.match(/.{1,32}/g) ?? [];
  return rows
    .map(
      (row, index) =>
        `${(index * 16).toString(16).padStart(8, "0").toUpperCase()}: ${row.replaceAll(/../g, "$& ")} |x|\r\n`,
    )
    .join("");
}
