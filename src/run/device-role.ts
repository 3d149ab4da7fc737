import type { Clock } from "../core/clock.ts";
import { abortReason } from "../core/clock.ts";
import type { Sha256 } from "../core/digest.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { Facts } from "../core/fact.ts";
import type { DeviceUuid } from "../core/ids.ts";
import type { AtPort } from "../modem/at-port.ts";
import { CFUN } from "../modem/commands/functional-mode.ts";
import { atString } from "../provisioning/at-string.ts";
import { ProvisioningClient } from "../provisioning/client.ts";
import type { SettingsStore } from "../provisioning/client-ports.ts";
import type { Command, CommandResponse } from "../provisioning/command.ts";
import type { ProvisioningEvent } from "../provisioning/events.ts";
import type { CommandPlace } from "../provisioning/execution-seam.ts";
import type { ProvisioningOptions } from "../provisioning/options.ts";
import type { SessionOutcome } from "../provisioning/session-result.ts";
import type { CoapTransport, HttpTransport } from "../provisioning/transport.ts";
import { artefactOf, type Artefact } from "./artefact.ts";
import { changeMode } from "./change-mode.ts";
import { announcedEvent, concludedEvent } from "./command-record.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import type { Transcript } from "./transcript.ts";
import type { UnitSettings } from "./unit-settings.ts";
import { judgeSession } from "./work-judgement.ts";

/** What the device role of a unit takes. */
export type DeviceRoleParts = {
  readonly uuid: DeviceUuid;
  /** The functional mode to go back to when the network is asked for (protocol.md 15). */
  readonly homeMode: number;
  /** Whether this run has claimed the unit: the service then refuses its token rather than the unit. */
  readonly justClaimed: boolean;
  readonly options: ProvisioningOptions;
  readonly http?: HttpTransport;
  readonly coap?: CoapTransport;
  readonly settings: UnitSettings;
  readonly journal: Journal;
  readonly transcript: Transcript;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly sha256: Sha256;
  /** Takes what the unit made, besides the record. */
  readonly onArtefact?: (artefact: Artefact) => void;
};

/** The modem and the settings as one attempt may use them. */
export type DeviceRoleTools = { readonly modem: AtPort; readonly store: SettingsStore; readonly signal: AbortSignal };

/** The unit's side of the provisioning protocol over one run: sessions of the library, with everything they do recorded. */
export class DeviceRole {
  readonly #parts: DeviceRoleParts;
  #begun = 0;
  #answered = 0;
  #reported = 0;
  #finished = false;
  #lastConcluded = 0;
  #problem: StationError | undefined;

  constructor(parts: DeviceRoleParts) {
    this.#parts = parts;
  }

  /** Whether FINISHED was acknowledged in any session. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Commands whose response the service did not confirm. */
  get unreported(): number {
    return this.#answered - this.#reported;
  }

  /** Whether the last session ended before any command was tried, so that another one does no harm. */
  get lastWasIdle(): boolean {
    return this.#lastConcluded === 0 && this.unreported === 0;
  }

  /**
   * One session of the library: lists are fetched, executed and reported until the service has nothing left.
   * @throws StationError as {@link judgeSession}; the signal's reason; run.token-of-other-unit; provisioning.token-refused
   */
  async session(tools: DeviceRoleTools): Promise<void> {
    this.#lastConcluded = 0;
    const client = this.#client(tools);
    try {
      const outcome = await client.runOnce((event) => this.#onEvent(event, tools.modem), tools.signal);
      await this.#take(outcome);
      if (tools.signal.aborted) throw abortReason(tools.signal);
      if (this.#problem !== undefined) throw this.#problem;
      judgeSession(outcome);
    } catch (error) {
      throw this.#parts.justClaimed ? tokenRefused(asStationError(error)) : error;
    } finally {
      this.#parts.transcript.mute(undefined);
      await client.close();
    }
  }

  #client({ modem, store, signal }: DeviceRoleTools): ProvisioningClient {
    const { clock, http, coap, journal, options, sha256, transcript } = this.#parts;
    return new ProvisioningClient(
      {
        modem,
        clock,
        settings: store,
        ...(http === undefined ? {} : { http }),
        ...(coap === undefined ? {} : { coap }),
        announce: async (command, place) => {
          await journal.announce(announcedEvent(command, place, sha256), signal);
          transcript.mute(command.kind === "at" ? atString(command) : undefined);
          this.#begun = clock.monotonic();
        },
        concluded: (command, place, response) => this.#onConcluded(command, place, response),
        onMishap: (error) =>
          journal.tell({ type: "note", level: "warning", text: error.message, facts: errorFacts(error) }),
      },
      options,
    );
  }

  async #take(outcome: SessionOutcome): Promise<void> {
    this.#reported += outcome.commands.reported;
    this.#finished ||= outcome.result === "done";
    await this.#parts.settings.rememberId(outcome.latestId);
  }

  #onEvent(event: ProvisioningEvent, modem: AtPort): Promise<void> | undefined {
    this.#parts.journal.tell({ type: "client.event", name: event.type, facts: eventFacts(event) });
    if (event.type === "NEED_LTE_DEACTIVATED") return changeMode(modem, CFUN.offline);
    if (event.type !== "NEED_LTE_ACTIVATED" || this.#parts.homeMode === CFUN.offline) return undefined;
    return changeMode(modem, this.#parts.homeMode);
  }

  #onConcluded(command: Command, place: CommandPlace, response: CommandResponse | undefined): void {
    const { clock, journal, ledger, sha256, transcript, uuid } = this.#parts;
    transcript.mute(undefined);
    this.#lastConcluded++;
    if (response !== undefined) this.#answered++;
    const result = ledger.take(command, response);
    const elapsedMs = command.kind === "finished" ? 0 : clock.monotonic() - this.#begun;
    journal.tell(concludedEvent(command, place, { response, result, elapsedMs }, sha256));
    try {
      const artefact = artefactOf(command, response, uuid, sha256);
      if (artefact === undefined) return;
      journal.tell(artefact);
      this.#parts.onArtefact?.(artefact);
    } catch (error) {
      this.#problem ??= asStationError(error);
    }
  }
}

/** A unit that the service has just claimed is not unknown to it: its token is not accepted. */
function tokenRefused(error: StationError): StationError {
  if (error.code !== "provisioning.not-claimed") return error;
  const what = "the service refuses the token of a unit that it has just claimed";
  return new StationError("provisioning.token-refused", what, error.facts, { cause: error });
}

function eventFacts(event: ProvisioningEvent): Facts {
  if (event.type === "SCHEDULED_PROVISIONING") return { seconds: event.seconds };
  if (!("error" in event)) return {};
  const token = event.type === "FAILED_DEVICE_NOT_CLAIMED" ? { token: event.token !== undefined } : {};
  return { ...errorFacts(event.error), ...token };
}

function errorFacts(error: StationError): Facts {
  return { code: error.code, what: error.message };
}
