import { milliseconds, type Duration } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { sleep, type Clock } from "../../src/core/clock.ts";
import type { AtReply } from "../../src/modem/at-port.ts";
import type { BoardNotice } from "../../src/modem/board-notice.ts";
import type { ModemOpener, OpenModem } from "../../src/run/modem-opener.ts";
import { answerText, type Answer } from "../../src/simulator/answer.ts";
import { makeBoard } from "../../src/simulator/board.ts";
import type { ModemOptions } from "../../src/simulator/modem-options.ts";
import { SimulatedModem } from "../../src/simulator/simulated-modem.ts";

/** What a test changes about the modem or its line. */
export type ModemTwist = {
  readonly modem?: Partial<ModemOptions>;
  /** A modem that is there already: a board that another opener spoke with before. */
  readonly board?: SimulatedModem;
  /** Instead of the modem's own answer; an error is thrown by `send`. `count` is how often the command came. */
  readonly answer?: (command: string, modem: SimulatedModem, count: number) => Answer | StationError | undefined;
  /** What opening the port fails with, by how often it was opened. */
  readonly open?: (count: number) => StationError | undefined;
  /** How long a command takes. */
  readonly takes?: (command: string) => Duration;
  readonly echoed?: boolean;
};

/** A simulated modem behind a line in memory, on the test's clock; it keeps what was sent to it. */
export class SimulatedOpener implements ModemOpener {
  readonly modem: SimulatedModem;
  readonly sent: string[] = [];
  opened = 0;
  isOpen = false;
  /** Set when the line broke: every command fails until it is opened anew. */
  #lost: StationError | undefined;
  readonly #twist: ModemTwist;
  readonly #clock: Clock;
  readonly #counts = new Map<string, number>();
  readonly #watchers = new Set<(notice: BoardNotice) => void>();

  constructor(clock: Clock, twist: ModemTwist = {}) {
    this.#clock = clock;
    this.#twist = twist;
    this.modem = twist.board ?? new SimulatedModem({ board: makeBoard("station", 1), clock, ...twist.modem });
  }

  /** Lets the board tell something of its own accord. */
  tell(notice: BoardNotice): void {
    for (const watcher of [...this.#watchers]) watcher(notice);
  }

  async open(): Promise<OpenModem> {
    this.opened++;
    const failure = this.#twist.open?.(this.opened);
    if (failure !== undefined) throw failure;
    if (this.isOpen) throw new StationError("link.busy", "the port is open already");
    this.isOpen = true;
    this.#lost = undefined;
    return {
      name: "tcp://simulated:1",
      mode: "at",
      shell: { run: () => Promise.reject(new StationError("at.wrong-mode", "the port has no shell")) },
      watch: (listener) => {
        this.#watchers.add(listener);
        return () => this.#watchers.delete(listener);
      },
      echoed: this.#twist.echoed ?? false,
      send: (command) => this.#send(command),
      close: async () => {
        this.isOpen = false;
      },
    };
  }

  async #send(command: string): Promise<AtReply> {
    if (this.#lost !== undefined) throw this.#lost;
    this.sent.push(command);
    const count = (this.#counts.get(command) ?? 0) + 1;
    this.#counts.set(command, count);
    await sleep(this.#clock, this.#twist.takes?.(command) ?? milliseconds(1));
    const answered = this.#twist.answer?.(command, this.modem, count) ?? this.modem.execute(command);
    if (answered instanceof StationError) {
      if (answered.code.startsWith("link.")) this.#lost = answered;
      throw answered;
    }
    return { final: answered.final, lines: answered.lines, text: answerText(answered) };
  }
}
