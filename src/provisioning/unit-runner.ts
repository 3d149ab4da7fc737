import { asStationError, type StationError } from "../core/error.ts";
import { runAttempt } from "./attempt.ts";
import { PC_CLOCK, type ClientPorts } from "./client-ports.ts";
import { runCoapSession } from "./coap-session.ts";
import type { EventCallback, ProvisioningEvent } from "./events.ts";
import { executeCommandList } from "./execution.ts";
import { failure } from "./failure.ts";
import { runHttpSession } from "./http-session.ts";
import { CORRELATION_KEY, takeSettings, type LibraryMemory } from "./library-settings.ts";
import { transportOf, type ProvisioningOptions } from "./options.ts";
import { SCHEDULE_AT_START, type ScheduleState } from "./schedule.ts";
import type { SessionOutcome, SessionResult } from "./session-result.ts";
import type { SessionSupport, SessionTally } from "./session-support.ts";
import type { CoapAssociation } from "./transport.ts";

/** The memory of one unit's client and the runs it makes; the client adds the calls and the schedule. */
export class UnitRunner {
  readonly #ports: ClientPorts;
  readonly #options: ProvisioningOptions;
  readonly #leftOpen: CoapAssociation[] = [];
  #memory: LibraryMemory = { schedule: SCHEDULE_AT_START, latestId: "" };

  constructor(ports: ClientPorts, options: ProvisioningOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  /** The scheduler's memory. */
  get schedule(): ScheduleState {
    return this.#memory.schedule;
  }

  set schedule(schedule: ScheduleState) {
    this.#memory = { ...this.#memory, schedule };
  }

  /** Id of the command executed last; empty when none was. */
  get latestId(): string {
    return this.#memory.latestId;
  }

  /** Opens the settings store; answers why it cannot be used. */
  async openStore(signal: AbortSignal): Promise<StationError | undefined> {
    try {
      await this.#ports.settings.open(signal);
      return undefined;
    } catch (error) {
      return asStationError(error);
    }
  }

  /** Reads the library's subtree of the settings again; what cannot be read stays as it was. */
  async loadSettings(signal: AbortSignal): Promise<void> {
    try {
      const stored = await this.#ports.settings.load(this.#options.settingsStoragePath, signal);
      this.#memory = takeSettings(this.#memory, stored, this.#options);
    } catch (error) {
      this.mishap(error);
    }
  }

  /** Stores a setting of the library; answers whether it was kept. */
  async store(name: string, value: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#ports.settings.write(`${this.#options.settingsStoragePath}/${name}`, value, signal);
      return true;
    } catch (error) {
      this.mishap(error);
      return false;
    }
  }

  /** Makes one run from START to STOP; `conclude` is called between the result event and STOP. */
  async attempt(
    callback: EventCallback,
    conclude: (result: SessionResult) => void,
    signal: AbortSignal,
  ): Promise<SessionOutcome> {
    const support = this.#support(callback);
    const session = (tally: SessionTally): Promise<SessionResult> => this.#session(support, tally, signal);
    const hostClock = this.#ports.hostClock ?? PC_CLOCK;
    const saveId = async (): Promise<void> => {
      if (this.#options.saveCmdId) await this.store(CORRELATION_KEY, this.latestId, signal);
    };
    const outcome = await runAttempt({ support, hostClock, session, saveId, conclude }, signal);
    this.#ports.onOutcome?.(outcome);
    return outcome;
  }

  /** Raises an event; what the callback throws is a mishap, except where the client waits for the host's work. */
  raise(callback: EventCallback, event: ProvisioningEvent): void | Promise<void> {
    if (event.type === "NEED_LTE_ACTIVATED" || event.type === "NEED_LTE_DEACTIVATED") return callback(event);
    try {
      callback(event)?.catch((error: unknown) => this.mishap(error));
    } catch (error) {
      this.mishap(error);
    }
  }

  /** Tells of something that went wrong and ends nothing. */
  mishap(error: unknown): void {
    this.#ports.onMishap?.(asStationError(error));
  }

  /** Closes the associations that sessions left open. */
  async close(): Promise<void> {
    await Promise.all(this.#leftOpen.splice(0).map((association) => association.close()));
  }

  #support(callback: EventCallback): SessionSupport {
    const { modem, clock, settings, execute, announce, concluded } = this.#ports;
    return {
      modem,
      clock,
      settings,
      options: this.#options,
      execute: execute ?? executeCommandList,
      raise: (event) => this.raise(callback, event),
      networkUp: () => this.schedule.networkUp,
      latestId: () => this.latestId,
      rememberId: (id) => {
        this.#memory = { ...this.#memory, latestId: id };
      },
      announce: async (command, place) => announce?.(command, place),
      concluded: (command, place, response) => concluded?.(command, place, response),
    };
  }

  #session(support: SessionSupport, tally: SessionTally, signal: AbortSignal): Promise<SessionResult> {
    const { http, coap } = this.#ports;
    const kind = transportOf(this.#options);
    if (kind === "http" && http !== undefined) return runHttpSession(http, support, tally, signal);
    if (kind === "coap" && coap !== undefined) return runCoapSession(coap, support, tally, this.#leftOpen, signal);
    const what = "the client has no transport of the kind that its options name";
    return Promise.resolve(failure("ENOTSUP", "provisioning.option-invalid", what, { option: kind }));
  }
}
