import type { RunEventBody } from "../contract/run-event.ts";
import type { Clock } from "../core/clock.ts";
import type { Sha256 } from "../core/digest.ts";
import { asStationError, describeError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { AtOptions, AtPort, AtReply } from "../modem/at-port.ts";
import { redactAtCommand, redactAtReply } from "../core/at-redaction.ts";
import type { ShellOptions, ShellPort } from "../modem/shell-port.ts";

/** What a transcript takes; `tell` puts an event into the run's journal. */
export type TranscriptParts = {
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly tell: (body: RunEventBody) => void;
};

/** Exchanges that one run may tell; what follows is left out, as a modem that is polled for long would fill the record. */
const EXCHANGES = 400;

/** Tells the AT exchanges of a run, redacted and bounded. Commands of the provisioning list have events of their own. */
export class Transcript {
  readonly #parts: TranscriptParts;
  #told = 0;
  #muted: string | undefined;

  constructor(parts: TranscriptParts) {
    this.#parts = parts;
  }

  /** Leaves out exchanges of this command until the next call; undefined: none. */
  mute(command: string | undefined): void {
    this.#muted = command;
  }

  /** The modem with its exchanges told. */
  port(modem: AtPort): AtPort {
    return {
      send: (command: string, options?: AtOptions): Promise<AtReply> =>
        this.#observe(
          command,
          () => modem.send(command, options),
          (reply) => redactAtReply(command, reply.text, this.#parts.sha256),
        ),
    };
  }

  /** The board's shell with its exchanges told. */
  shell(shell: ShellPort): ShellPort {
    return {
      run: (line: string, options?: ShellOptions): Promise<readonly string[]> =>
        this.#observe(
          line,
          () => shell.run(line, options),
          (lines) => redactAtReply(line, lines.join("\r\n"), this.#parts.sha256),
        ),
    };
  }

  async #observe<T>(command: string, work: () => Promise<T>, shown: (answer: T) => string): Promise<T> {
    const { clock } = this.#parts;
    const begun = clock.monotonic();
    try {
      const answer = await work();
      this.#tell(command, () => shown(answer), clock.monotonic() - begun);
      return answer;
    } catch (error) {
      this.#tell(command, () => describeError(asStationError(error)), clock.monotonic() - begun);
      throw error;
    }
  }

  #tell(command: string, reply: () => string, elapsed: number): void {
    if (command === this.#muted || this.#told > EXCHANGES) return;
    const { tell, sha256 } = this.#parts;
    if (this.#told++ === EXCHANGES) {
      const facts = { limit: quantity(EXCHANGES, "items") };
      tell({ type: "note", level: "info", text: "further AT exchanges are left out", facts });
      return;
    }
    const elapsedMs = Math.max(0, elapsed);
    tell({ type: "at.exchange", command: redactAtCommand(command, sha256), reply: reply(), elapsedMs });
  }
}
