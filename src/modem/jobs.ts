import type { Clock } from "../core/clock.ts";
import { milliseconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { lasting } from "../core/fact.ts";
import type { AtReply } from "./at-port.ts";
import { commandLabel } from "./command-label.ts";
import { beginTx, nextTx, readLine, type LineReading, type TxInput, type TxState } from "./transaction.ts";

/** What a channel has in flight: it reads lines and ends once, with a result or an error. */
export interface Job<T> {
  readonly result: Promise<T>;
  /** Whether the end has come; lines that follow are nobody's. */
  readonly ended: boolean;
  read(text: string): LineReading;
  take(input: TxInput): void;
  atPrompt(): void;
  fail(error: StationError): void;
}

/** One AT command in flight: the state of `transaction.ts` and the promise of its end. */
export class AtJob implements Job<AtReply> {
  readonly result: Promise<AtReply>;
  readonly #command: string;
  readonly #settle = new Settlement<AtReply>();
  #state: TxState;

  constructor(command: string, typed: string) {
    this.#command = command;
    this.#state = beginTx(command, typed);
    this.result = this.#settle.promise;
  }

  get ended(): boolean {
    return this.#settle.settled;
  }

  read(text: string): LineReading {
    return readLine(this.#state, text);
  }

  take(input: TxInput): void {
    this.#state = nextTx(this.#state, input);
    if (this.#state.at === "done") this.#settle.resolve(this.#state.reply);
    if (this.#state.at !== "failed") return;
    const { code, what, facts } = this.#state;
    this.fail(new StationError(code, what, { command: commandLabel(this.#command), ...facts }));
  }

  atPrompt(): void {
    // an AT command ends with its final result; the prompt behind it is the channel's matter
  }

  fail(error: StationError): void {
    this.#settle.reject(error);
  }
}

/** A prompt that comes without the line's echo counts when nothing follows for this long. */
const ECHOLESS = milliseconds(300);
const LINES = 2000;

/** One shell line in flight; ends at the next prompt. */
export class ShellJob implements Job<readonly string[]> {
  readonly result: Promise<readonly string[]>;
  readonly #clock: Clock;
  readonly #line: string;
  readonly #settle = new Settlement<readonly string[]>();
  readonly #lines: string[] = [];
  #state: TxState;
  #echoed = false;
  #disarm: (() => void) | undefined;

  constructor(line: string, clock: Clock) {
    this.#clock = clock;
    this.#line = line;
    this.#state = beginTx("", line);
    this.result = this.#settle.promise;
  }

  get ended(): boolean {
    return this.#settle.settled;
  }

  read(text: string): LineReading {
    this.#disarm?.();
    const reading = readLine(this.#state, text);
    switch (reading.kind) {
      case "final":
      case "unsolicited":
      case "refused":
        return { kind: "info", text };
      case "echo":
      case "info":
      case "boot":
      case "noise":
      case "overflow":
      case "timeout":
        return reading;
    }
  }

  take(input: TxInput): void {
    switch (input.kind) {
      case "echo":
        this.#state = nextTx(this.#state, input);
        this.#echoed = input.rest === "";
        return;
      case "info":
        if (this.#lines.length < LINES) this.#lines.push(input.text);
        return;
      case "timeout": {
        this.#end("at.timeout", "the shell shows no prompt", input.limit);
        return;
      }
      case "boot": {
        this.#end("at.rebooted", "the board restarted before its shell answered");
        return;
      }
      case "overflow": {
        this.#end("at.overflow", "a line of the shell is too long");
        return;
      }
      case "final":
      case "refused":
        return;
    }
  }

  atPrompt(): void {
    this.#disarm?.();
    if (this.#echoed) this.#settle.resolve(this.#lines);
    else this.#disarm = this.#clock.after(ECHOLESS, () => this.#settle.resolve(this.#lines));
  }

  fail(error: StationError): void {
    this.#disarm?.();
    this.#settle.reject(error);
  }

  #end(code: "at.timeout" | "at.rebooted" | "at.overflow", what: string, limit?: Duration): void {
    const command = this.#line.split(" ").slice(0, 2).join(" ");
    this.fail(new StationError(code, what, limit === undefined ? { command } : { command, limit: lasting(limit) }));
  }
}

/** A promise that is settled from outside, once; a failure that nobody looks at is no unhandled one. */
class Settlement<T> {
  readonly promise: Promise<T>;
  settled = false;
  #onResolve: (value: T) => void = () => undefined;
  #onReject: (error: StationError) => void = () => undefined;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#onResolve = resolve;
      this.#onReject = reject;
    });
    this.promise.catch(() => undefined);
  }

  resolve(value: T): void {
    this.settled = true;
    this.#onResolve(value);
  }

  reject(error: StationError): void {
    this.settled = true;
    this.#onReject(error);
  }
}
