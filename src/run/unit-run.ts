import type { Device, Outcome } from "../contract/common.ts";
import type { Admission, Order } from "../contract/order.ts";
import type { OwnerApi } from "../cloud/owner-api.ts";
import type { Clock } from "../core/clock.ts";
import type { Sha256 } from "../core/digest.ts";
import { codeEntry } from "../core/error-codes.ts";
import type { StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import { CFUN } from "../modem/commands/functional-mode.ts";
import type { CoapTransport, HttpTransport } from "../provisioning/transport.ts";
import type { AskCore } from "./ask-core.ts";
import { checkUnit } from "./check-phase.ts";
import { CertificateRound } from "./certificate-round.ts";
import { claimStep, gatherStep } from "./claim-step.ts";
import { clientOptions } from "./client-options.ts";
import type { CommandQueue } from "./command-queue.ts";
import { DeviceRole } from "./device-role.ts";
import { deviceWork, mayPass, type BoardProvision, type DeviceWork } from "./device-work.ts";
import { gatedPort, gatedShell } from "./gated-port.ts";
import { admitted, identifyUnit, type KeptSettings } from "./identify-phase.ts";
import type { Journal } from "./journal.ts";
import { proveKeys } from "./key-proof.ts";
import { Ledger } from "./ledger.ts";
import { ModemHold } from "./modem-hold.ts";
import type { ModemOpener } from "./modem-opener.ts";
import { checkTagsEmpty, tagsEmptyBefore } from "./occupied-tags.ts";
import { PhaseRunner } from "./phase-runner.ts";
import { expectationsOf, type Expectation } from "./recipe-expectation.ts";
import { releaseModem, type ReleaseEnd } from "./release-phase.ts";
import { admissionOf, releasePhase, wholeRun } from "./run-frame.ts";
import { Transcript } from "./transcript.ts";
import { settingsStoreOf, UnitSettings } from "./unit-settings.ts";
import { wantsReadBack } from "./verification-list.ts";
import { orderForUnit } from "./unit-recipe.ts";
import { verifyUnit } from "./verify-step.ts";
import { judgeWork } from "./work-judgement.ts";

/** The part of an order that the phases need; ports, keys and proxies are behind the ports of {@link UnitRunParts}. */
export type UnitOrder = Pick<Order, "station" | "settings" | "release" | "recipe" | "profile" | "boardSerial">;

/** Everything that one run takes. */
export type UnitRunParts = {
  readonly order: UnitOrder;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly journal: Journal;
  readonly opener: ModemOpener;
  readonly http?: HttpTransport;
  readonly coap?: CoapTransport;
  /** The owner's API; needed where the recipe is claimed by the station. */
  readonly owner?: OwnerApi;
  /** Waits for the core's answer to `unit.identified`. */
  readonly admission: (signal: AbortSignal) => Promise<Admission>;
  /** Hands a setting of the unit to the station's own store. */
  readonly keepSetting: (key: string, value: string) => void;
  /** Asks the core for what only it can decide or keep. */
  readonly ask: AskCore;
  /** Aborts with the reason when a person stops the run. */
  readonly stop: AbortSignal;
};

/** One attempt on one unit: the phases of design.md 6 in order, then the release, then the outcome. */
export class UnitRun {
  #parts: UnitRunParts;
  readonly #phases: PhaseRunner;
  readonly #transcript: Transcript;
  readonly #hold: ModemHold;
  readonly #ledger: Ledger;
  /** The work of a board that provisions itself: then the ledger stays empty. */
  #board: DeviceWork | undefined;
  readonly #certificates: CertificateRound;
  /** An earlier run has begun to provision the unit: what it holds may be ours. */
  #begun = false;

  constructor(parts: UnitRunParts) {
    const { journal, clock, stop, sha256, opener, ask } = parts;
    this.#parts = parts;
    this.#phases = new PhaseRunner({ journal, clock, stop });
    this.#transcript = new Transcript({ clock, sha256, tell: (body) => journal.tell(body) });
    this.#hold = new ModemHold(opener);
    this.#ledger = new Ledger(sha256);
    const tell = (body: Parameters<Journal["tell"]>[0]): void => void journal.tell(body);
    this.#certificates = new CertificateRound({ ask, tell, sha256, executed: () => this.#ledger.executed });
  }

  /** Walks the phases, releases the modem whatever happened, and tells `run.finished`. Never throws. */
  execute(): Promise<Outcome> {
    return wholeRun(
      this.#parts,
      () => this.#walk(),
      () => this.#release(),
    );
  }

  async #walk(): Promise<void> {
    const { recipe } = this.#parts.order.recipe;
    await this.#phases.run("connect", ({ signal }) => this.#connect(signal));
    const { device, kept } = await this.#phases.run("identify", ({ signal }) => this.#identify(signal));
    await this.#phases.run("check", ({ signal }) => this.#check(device, signal));
    const queue = await this.#claim(device);
    if (recipe.claim.by === "later") {
      for (const phase of ["provision", "verify"] as const) this.#phases.skip(phase);
      return;
    }
    const expectations = expectationsOf(this.#parts.order.recipe, this.#parts.sha256);
    await this.#provision(device, kept, expectations, queue);
    if (wantsReadBack(this.#parts.order.recipe))
      await this.#phases.run("verify", ({ signal }) => this.#verify(device, signal));
    else this.#phases.skip("verify");
  }

  async #connect(signal: AbortSignal): Promise<void> {
    await this.#hold.open(signal);
    await this.#hold.settle(this.#port(signal));
  }

  async #identify(signal: AbortSignal): Promise<{ readonly device: Device; readonly kept: KeptSettings }> {
    const { clock, journal, order, admission } = this.#parts;
    const device = await identifyUnit(this.#port(signal), order.boardSerial);
    journal.tell({ type: "unit.identified", device });
    const answer = await admissionOf(clock, admission, signal);
    const kept = admitted(answer);
    this.#begun = answer.kind === "admitted" && answer.history?.begun === true;
    if (order.recipe.recipe.claim.by !== "later") this.#knowUnit(device, answer);
    return { device, kept };
  }

  /** From here on the recipe is the unit's: with its own values in place. */
  #knowUnit(device: Device, answer: Admission): void {
    const { order, journal, sha256 } = this.#parts;
    const own = orderForUnit(order, device, answer, sha256);
    this.#parts = { ...this.#parts, order: own.order };
    for (const note of own.notes) journal.tell(note);
  }

  async #check(device: Device, signal: AbortSignal): Promise<void> {
    const { order, journal, sha256 } = this.#parts;
    for (const note of checkUnit(device, order.recipe.recipe)) journal.tell(note);
    const tags = this.#begun ? [] : tagsEmptyBefore(order.recipe, sha256);
    await checkTagsEmpty(this.#port(signal), tags, (verdict) => journal.tell(verdict));
  }

  /** The commands in the unit's queue; undefined where the unit is claimed elsewhere. */
  async #claim(device: Device): Promise<CommandQueue | undefined> {
    const { by } = this.#parts.order.recipe.recipe.claim;
    if (by === "station") return this.#phases.run("claim", ({ signal }) => this.#claimStep(device, signal));
    if (by === "later")
      await this.#phases.run("claim", ({ signal }) => gatherStep(this.#parts, device, this.#port(signal), signal));
    else this.#phases.skip("claim");
    return undefined;
  }

  #claimStep(device: Device, signal: AbortSignal): Promise<CommandQueue> {
    return claimStep({ ...this.#parts, certificates: this.#certificates }, device, this.#port(signal), signal);
  }

  async #provision(
    device: Device,
    kept: KeptSettings,
    expectations: readonly Expectation[],
    queue: CommandQueue | undefined,
  ): Promise<void> {
    const { order, keepSetting, journal, sha256 } = this.#parts;
    const { provision } = order.recipe.recipe;
    if (provision !== undefined && provision.by !== "station")
      return this.#provisionByBoard(device, { by: provision.by, limit: provision.limit }, queue);
    const tell = (body: Parameters<Journal["tell"]>[0]): void => void journal.tell(body);
    const settings = new UnitSettings({ kept, keep: keepSetting, tell });
    const role = this.#deviceRole(device, settings);
    const work = async ({ signal }: { readonly signal: AbortSignal }): Promise<void> => {
      const modem = this.#port(signal);
      const shell = gatedShell(this.#transcript.shell(this.#hold.modem.shell), signal);
      const store = settingsStoreOf(settings, order.settings, { modem, shell }, tell);
      await role.session({ modem, store, signal });
      while (queue?.isDone === false) {
        await queue.fill(signal);
        await role.session({ modem, store, signal });
      }
      judgeWork(this.#ledger, this.#certificates.known(expectations), {
        finished: role.finished,
        unreported: role.unreported,
      });
      await queue?.awaitResults(signal);
      if (queue !== undefined) await proveKeys(queue, this.#ledger.executed, { sha256, tell }, signal);
    };
    await this.#phases.run("provision", work, { mayRepeat: (error) => role.lastWasIdle && this.#mayPass(error) });
  }

  /** The board speaks with the service itself; the station starts it and follows what it reports. */
  async #provisionByBoard(device: Device, by: BoardProvision, queue: CommandQueue | undefined): Promise<void> {
    const work = (this.#board = deviceWork(this.#parts, by, device.uuid, queue));
    const perform = ({ signal }: { readonly signal: AbortSignal }): Promise<void> => {
      const { modem: board } = this.#hold;
      const shell = gatedShell(this.#transcript.shell(board.shell), signal);
      const last = this.#transcript.port(board);
      return work.perform({ modem: this.#port(signal), last, shell, mode: board.mode, board, signal });
    };
    const { service } = this.#parts.order.profile;
    await this.#phases.run("provision", perform, { mayRepeat: (error) => work.lastWasIdle && mayPass(error, service) });
  }

  /**
   * Whether an error of a session may be gone the next time: not what is wrong with the unit, nor an unknown unit, except
   * at nRF Cloud, which may take a moment to know a unit that was just claimed.
   */
  #mayPass({ code }: StationError): boolean {
    if (code === "provisioning.not-claimed") return false;
    if (code === "provisioning.token-refused") return this.#parts.order.profile.service === "nrf-cloud";
    return codeEntry(code).blame !== "unit";
  }

  #deviceRole({ uuid }: Device, settings: UnitSettings): DeviceRole {
    const { order, http, coap, journal, clock, sha256 } = this.#parts;
    // A modem that was found off stays offline between the rounds: switching it off each time would wear its memory.
    const found = this.#hold.found?.mode ?? CFUN.off;
    const home = order.release === "power-off" || found === CFUN.off ? CFUN.offline : found;
    return new DeviceRole({
      justClaimed: order.recipe.recipe.claim.by === "station",
      ...{ uuid, homeMode: home, options: clientOptions(order.profile), settings, journal, clock, sha256 },
      ...{ transcript: this.#transcript, ledger: this.#ledger },
      onArtefact: (artefact) => this.#certificates.take(artefact),
      ...(http === undefined ? {} : { http }),
      ...(coap === undefined ? {} : { coap }),
    });
  }

  async #verify(device: Device, signal: AbortSignal): Promise<void> {
    const { order, journal, sha256 } = this.#parts;
    const { modem } = this.#hold;
    const shell = gatedShell(this.#transcript.shell(modem.shell), signal);
    const { held, settings } = this.#board?.holds(this.#certificates.filled(order.recipe)) ?? this.#ledger;
    const step = { recipe: order.recipe, device, held, settings, sink: order.settings.sink, sha256 };
    await verifyUnit(
      { modem: this.#port(signal), shell, mode: modem.mode },
      { ...step, tell: (body) => void journal.tell(body) },
    );
  }

  #release(): Promise<ReleaseEnd> {
    const { order, clock } = this.#parts;
    const parts = { hold: this.#hold, wish: order.release, clock };
    return releasePhase(this.#phases, (signal) => releaseModem(parts, () => this.#port(signal), signal));
  }

  /** The open modem as a phase may use it: told in the transcript, and closed to new commands once the phase is stopped. */
  #port(signal: AbortSignal): AtPort {
    return gatedPort(this.#transcript.port(this.#hold.modem), signal);
  }
}
