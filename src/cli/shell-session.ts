import type { Clock } from "../core/clock.ts";
import { inSeconds, minutes, seconds } from "../core/duration.ts";
import { describeError } from "../core/error.ts";
import { CFUN, readFunctionalMode, setFunctionalMode } from "../modem/commands/functional-mode.ts";
import type { ApiResult } from "../provisioning/api-result.ts";
import { ProvisioningClient } from "../provisioning/client.ts";
import type { EventCallback, ProvisioningEvent } from "../provisioning/events.ts";
import { MemorySettings } from "../provisioning/memory-settings.ts";
import { LONGEST_INTERVAL, provisioningOptions, type ProvisioningOptions } from "../provisioning/options.ts";
import { answerShellLine } from "../provisioning/shell.ts";
import type { HttpTransport } from "../provisioning/transport.ts";
import type { OpenModem } from "../run/modem-opener.ts";

const HOUR = minutes(60);
const DAY = minutes(1440);

/** What a shell session works with. */
export type ShellSessionParts = {
  readonly modem: OpenModem;
  readonly http: HttpTransport;
  readonly options: ProvisioningOptions;
  readonly clock: Clock;
  print(line: string): void;
};

/**
 * The `nrf_provisioning` shell of the library on one modem (protocol.md 11). It begins without a schedule, so that opening
 * the shell never provisions a unit; the first interval that is set makes it a scheduled client.
 */
export class ShellSession {
  readonly #parts: ShellSessionParts;
  readonly #settings = new MemorySettings();
  readonly #homeMode: number;
  #client: ProvisioningClient;
  #running = false;
  #idle: (() => void)[] = [];

  private constructor(parts: ShellSessionParts, homeMode: number) {
    this.#parts = parts;
    this.#homeMode = homeMode;
    this.#client = this.#start(parts.options);
  }

  /** @throws StationError at.*, link.* when the modem's functional mode cannot be read */
  static async open(parts: ShellSessionParts): Promise<ShellSession> {
    return new ShellSession(parts, await readFunctionalMode(parts.modem));
  }

  /** Performs a typed line; answers the library's result number, 0 when all went well. */
  async perform(line: string, signal: AbortSignal): Promise<ApiResult> {
    const client = {
      triggerManually: () => this.#trigger(),
      setInterval: (interval: number) => this.#setInterval(interval),
    };
    const answer = await answerShellLine(line, { client, modem: this.#parts.modem, signal });
    for (const text of answer.lines) this.#parts.print(text);
    return answer.result;
  }

  /** Resolves when no run is under way. */
  untilIdle(): Promise<void> {
    return this.#running ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  /** Stops what is under way; harmless when repeated. */
  async close(): Promise<void> {
    await this.#client.close();
    this.#ended();
  }

  #start(options: ProvisioningOptions, onEvent: EventCallback = (event) => this.#onEvent(event)): ProvisioningClient {
    const { modem, http, clock } = this.#parts;
    const client = new ProvisioningClient({ modem, http, clock, settings: this.#settings }, options);
    client.init(onEvent);
    return client;
  }

  #trigger(): ApiResult {
    const result = this.#client.triggerManually();
    if (result === 0) this.#running = true;
    return result;
  }

  async #setInterval(interval: number): Promise<ApiResult> {
    const result = await this.#client.setInterval(interval);
    if (result !== "ENOTSUP") return result;
    if (interval > inSeconds(LONGEST_INTERVAL)) return "EINVAL";
    await this.#client.close();
    this.#client = await this.#startScheduled(interval);
    return this.#client.setInterval(interval);
  }

  /**
   * A client that has just fixed its first attempt and is about to be given another interval, which replaces that attempt
   * (protocol.md 2.2): the first attempt of a scheduled client, one second after its start, must not provision the unit.
   */
  async #startScheduled(interval: number): Promise<ProvisioningClient> {
    const builtIn = interval === inSeconds(DAY) ? HOUR : DAY;
    const options = { ...this.#parts.options, autoStartOnInit: true, scheduled: true, interval: builtIn };
    return new Promise((resolve) => {
      let settled = false;
      const client = this.#start(provisioningOptions(options), (event) => {
        if (settled) return this.#onEvent(event);
        settled = true;
        resolve(client);
        return undefined;
      });
    });
  }

  #onEvent(event: ProvisioningEvent): Promise<void> | undefined {
    this.#parts.print(eventLine(event));
    if (event.type === "START") this.#running = true;
    if (event.type === "STOP" || event.type === "FATAL_ERROR") this.#ended();
    const { modem } = this.#parts;
    if (event.type === "NEED_LTE_DEACTIVATED") return setFunctionalMode(modem, CFUN.offline);
    if (event.type !== "NEED_LTE_ACTIVATED" || this.#homeMode === CFUN.offline) return undefined;
    return setFunctionalMode(modem, this.#homeMode);
  }

  #ended(): void {
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** One event as a line; a token in it is not shown: `nrf_provisioning token` prints it on demand. */
function eventLine(event: ProvisioningEvent): string {
  if (event.type === "SCHEDULED_PROVISIONING")
    return `${event.type}: next attempt in ${inSeconds(seconds(event.seconds))} s`;
  return "error" in event ? `${event.type}: ${describeError(event.error)}` : event.type;
}
