import { sleep, type Clock } from "../core/clock.ts";
import { milliseconds } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import { ok, PLAIN_ERROR, type Answer } from "./answer.ts";
import type { Quirk } from "./modem-options.ts";
import type { SelfEventName, SelfProvisioner } from "./self-provisioner.ts";
import { logLine, statusLine } from "./self-report.ts";
import { isProgram, isReboot } from "./shell-line.ts";
import type { SimulatedModem } from "./simulated-modem.ts";

/** What runs between modem and line: nothing of its own, Serial Modem, or an application with Zephyr's shell. */
export type FirmwareKind = "at" | "serial-modem" | "zephyr-shell";

/** What a board's firmware is made of. */
export type BoardFirmwareParts = {
  readonly kind: FirmwareKind;
  readonly modem: SimulatedModem;
  readonly clock: Clock;
  /** The library in the firmware; without it every session fails. */
  readonly provisioner?: SelfProvisioner;
  /** The modem as the firmware itself reaches it. */
  readonly inside: AtPort;
  /** Writes text to the host of its own accord. */
  readonly say: (text: string) => void;
};

const ONLINE = 1;
const OFFLINE = 4;
/** How often the library looks for the mode that it asked for; faster than the real one, which looks once a second. */
const LOOK = milliseconds(50);
const GARBAGE = [
  "\r\n#XNRFPROV: \u00ff?\r\n",
  "\r\n#XNRFPROV: 1e9\r\n",
  "\r\n#XNRFPROV:\r\n",
  "<inf> nrf_prov: Provisi",
];

/** Results that a fault makes of a session. */
const FATES: Readonly<Partial<Record<Quirk, SelfEventName>>> = {
  "session-failed": "FAILED",
  "session-unclaimed": "FAILED_DEVICE_NOT_CLAIMED",
  "session-wrong-ca": "FAILED_WRONG_ROOT_CA",
  "session-no-time": "FAILED_NO_VALID_DATETIME",
  "session-too-many": "FAILED_TOO_MANY_COMMANDS",
  "session-fatal": "FATAL_ERROR",
};

/** The firmware of a board: hands commands to the modem, and carries out those that are its own (protocol.md 11). */
export class BoardFirmware {
  readonly #parts: BoardFirmwareParts;
  #session: AbortController | undefined;
  /** A session that was asked for and begins when the answer is out. */
  #due: (() => void) | undefined;

  constructor(parts: BoardFirmwareParts) {
    this.#parts = parts;
  }

  /** Carries out one command and answers at once; never throws. */
  execute(command: string, quirk?: Quirk): Answer {
    const { kind, modem } = this.#parts;
    const text = command.trim();
    if (kind === "serial-modem" && /^AT#XNRFPROV(?:[=?]|$)/i.test(text)) return this.#serialModem(text, quirk);
    if (kind === "zephyr-shell" && isProgram(text)) return this.#shell(text, quirk);
    return modem.execute(command, quirk);
  }

  /** See {@link SimulatedModem.asReported}. */
  asReported(answer: Answer): Answer {
    return this.#parts.modem.asReported(answer);
  }

  /** Whether a command starts the whole board anew instead of being answered. */
  reboots(command: string): boolean {
    return this.#parts.kind === "zephyr-shell" && isReboot(command);
  }

  /** The board is up after a reboot that its host asked for: the library looks for commands by itself. */
  started(): void {
    this.#begin(undefined);
    this.answered();
  }

  /** The answer to the last command is on the line: what it set going begins. */
  answered(): void {
    const due = this.#due;
    this.#due = undefined;
    due?.();
  }

  /** The firmware stops in the middle of what it does. */
  halt(): void {
    this.#session?.abort(new StationError("station.closing", "the board has no power"));
    this.#session = undefined;
    this.#due = undefined;
  }

  #serialModem(text: string, quirk: Quirk | undefined): Answer {
    if (text.endsWith("=?")) return ok("#XNRFPROV");
    if (text.endsWith("?")) return PLAIN_ERROR;
    this.#begin(quirk);
    return ok();
  }

  #shell(text: string, quirk: Quirk | undefined): Answer {
    if (text.startsWith("kernel")) return ok("kernel - Kernel commands", "Subcommands:", "  reboot");
    if (!/^nrf_provisioning +now$/.test(text))
      return ok("nrf_provisioning - nRF Provisioning commands", "Subcommands:", "  now");
    this.#begin(quirk);
    return ok();
  }

  /** One session at a time; asking for another one changes nothing. */
  #begin(quirk: Quirk | undefined): void {
    if (this.#session !== undefined || quirk === "session-silent") return;
    this.#due = () => {
      const session = new AbortController();
      this.#session = session;
      void this.#run(session.signal, quirk)
        .catch(() => undefined)
        .finally(() => {
          if (this.#session === session) this.#session = undefined;
        });
    };
  }

  async #run(signal: AbortSignal, quirk: Quirk | undefined): Promise<void> {
    const { clock, provisioner, modem, inside, say } = this.#parts;
    await sleep(clock, milliseconds(1), signal);
    const tell = (event: SelfEventName): Promise<void> => this.#tell(event, signal);
    if (quirk === "session-garbage") for (const text of GARBAGE) say(text);
    const fate = quirk === undefined ? undefined : FATES[quirk];
    if (fate === undefined && provisioner !== undefined)
      return provisioner.provision(
        { uuid: modem.board.uuid, modem: inside, online: () => modem.mode === ONLINE, tell },
        signal,
      );
    for (const event of ["START", fate ?? "FAILED", "STOP"] as const) await tell(event);
  }

  async #tell(event: SelfEventName, signal: AbortSignal): Promise<void> {
    const { kind, clock, modem, say, inside } = this.#parts;
    if (signal.aborted) return;
    const text = kind === "serial-modem" ? statusLine(event) : logLine(event, clock.monotonic());
    if (text !== undefined) say(text);
    const wanted = event === "NEED_LTE_DEACTIVATED" ? OFFLINE : event === "NEED_LTE_ACTIVATED" ? ONLINE : undefined;
    if (wanted === undefined) return;
    // Serial Modem leaves the mode to its host; an application sees to it itself.
    if (kind === "zephyr-shell") await inside.send(`AT+CFUN=${wanted}`);
    while (modem.mode !== wanted) await sleep(clock, LOOK, signal);
  }
}
