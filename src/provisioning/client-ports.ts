import type { Clock } from "../core/clock.ts";
import type { StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import type { Command, CommandResponse } from "./command.ts";
import type { CommandPlace, ExecuteList, SettingsSink } from "./execution-seam.ts";
import type { StoredSetting } from "./library-settings.ts";
import type { ClockReading } from "./schedule.ts";
import type { SessionOutcome } from "./session-result.ts";
import type { CoapTransport, HttpTransport } from "./transport.ts";

/** The settings of one unit: written by config commands, read again by the library (protocol.md 8). */
export interface SettingsStore extends SettingsSink {
  /** @throws StationError provisioning.settings-unavailable when the store cannot be used */
  open(signal?: AbortSignal): Promise<void>;
  /** All settings whose name begins with `path` and a slash, in the store's order. */
  load(path: string, signal?: AbortSignal): Promise<readonly StoredSetting[]>;
}

/** The clock of the host, which the library asks before a run and for its schedule; not the modem's. */
export interface HostClock {
  /** Whether the time is known; asked every second for at most VALID_DATE_TIME_TIMEOUT_SECONDS. */
  isValid(): boolean;
  /** What reading the time gives: `unavailable` makes the delays double, `failed` ends the schedule. */
  read(): ClockReading;
}

/** A host clock that is always right, as a PC's. */
export const PC_CLOCK: HostClock = { isValid: () => true, read: () => "known" };

/** What a client needs from outside. */
export type ClientPorts = {
  readonly modem: AtPort;
  readonly clock: Clock;
  readonly settings: SettingsStore;
  /** The transport of the options; the other one may be absent. */
  readonly http?: HttpTransport;
  readonly coap?: CoapTransport;
  /** Default: {@link PC_CLOCK}. */
  readonly hostClock?: HostClock;
  /** Non-negative whole random numbers for the spread; default: Math.random. */
  readonly random?: () => number;
  /** Executes a command list; default: `executeCommandList`. */
  readonly execute?: ExecuteList;
  /** Called before each AT or config command; the command goes out when the promise resolves. A rejection ends the run. */
  readonly announce?: (command: Command, place: CommandPlace) => Promise<void>;
  /** Called with what became of each command. */
  readonly concluded?: (command: Command, place: CommandPlace, response: CommandResponse | undefined) => void;
  /** Called after STOP with what happened in the run. */
  readonly onOutcome?: (outcome: SessionOutcome) => void;
  /** Called with mishaps that end nothing: an event callback that threw, settings that could not be read or kept. */
  readonly onMishap?: (error: StationError) => void;
};
