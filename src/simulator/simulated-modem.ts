import { StationError } from "../core/error.ts";
import { parseAtCall } from "./at-call.ts";
import { cme, ok, PLAIN_ERROR, type Answer } from "./answer.ts";
import type { Board } from "./board.ts";
import { CLOCK_COMMANDS } from "./clock-commands.ts";
import { CREDENTIAL_COMMANDS } from "./credential-commands.ts";
import { IDENTITY_COMMANDS } from "./identity-commands.ts";
import { KEYGEN_COMMANDS } from "./keygen-command.ts";
import { MODE_COMMANDS } from "./mode-commands.ts";
import type { ModemOptions, Quirk } from "./modem-options.ts";
import { ModemState, type Handler } from "./modem-state.ts";
import { TOKEN_COMMANDS } from "./token-commands.ts";

const MEMORY_FAILURE = 23;

const HANDLERS = new Map<string, Handler>(
  Object.entries({
    ...IDENTITY_COMMANDS,
    ...MODE_COMMANDS,
    ...CLOCK_COMMANDS,
    ...CREDENTIAL_COMMANDS,
    ...KEYGEN_COMMANDS,
    ...TOKEN_COMMANDS,
  }),
);

/** An nRF91 modem without a port: command text in, answer out, after the rules of at.md 2 to 8. */
export class SimulatedModem {
  readonly #state: ModemState;

  constructor(options: ModemOptions) {
    this.#state = new ModemState(options);
  }

  /** What the board is. */
  get board(): Board {
    return this.#state.board;
  }

  /** Whether the host's bytes are echoed. */
  get echo(): boolean {
    return this.#state.echo;
  }

  /** The functional mode (at.md 3). */
  get mode(): number {
    return this.#state.mode;
  }

  /**
   * Carries out one command at once and answers as CMEE says; never throws.
   * @param command the whole command without line end; wire text (core/wire-text.ts)
   * @param quirk a way in which the command goes wrong
   */
  execute(command: string, quirk?: Quirk): Answer {
    const call = parseAtCall(command);
    const handler = call === undefined ? undefined : HANDLERS.get(call.name);
    if (call === undefined || handler === undefined) return PLAIN_ERROR;
    if (call.form === "test") return ok();
    return this.asReported(this.#guarded(() => handler(this.#state, call, quirk)));
  }

  /** The answer as the host sees it: CME codes are plain `ERROR` while CMEE is 0. */
  asReported(answer: Answer): Answer {
    const { final, lines } = answer;
    return final.kind === "cme" && this.#state.cmee === 0 ? { lines, final: { kind: "error" } } : answer;
  }

  /** The power was cut and came back: everything but the credentials is as after power-up. */
  powerCycle(): void {
    this.#state.forget();
  }

  // A folder that cannot be written shows as the modem's own memory failure: the other modems of the process go on.
  #guarded(work: () => Answer): Answer {
    try {
      return work();
    } catch (error) {
      if (error instanceof StationError && error.code === "simulator.storage") return cme(MEMORY_FAILURE);
      throw error;
    }
  }
}
