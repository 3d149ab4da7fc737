import type { Outcome } from "../contract/common.ts";
import type { Admission, Order } from "../contract/order.ts";
import type { Proof } from "../contract/proof.ts";
import type { Clock } from "../core/clock.ts";
import type { Sha256 } from "../core/digest.ts";
import type { AtPort } from "../modem/at-port.ts";
import { gatedPort, gatedShell } from "./gated-port.ts";
import { admitted, identifyUnit } from "./identify-phase.ts";
import type { Journal } from "./journal.ts";
import { ModemHold } from "./modem-hold.ts";
import type { ModemOpener } from "./modem-opener.ts";
import { PhaseRunner } from "./phase-runner.ts";
import { checkProof, performProof, type ProofParts } from "./proof-work.ts";
import { releaseModem, type ReleaseEnd } from "./release-phase.ts";
import { admissionOf, releasePhase, wholeRun } from "./run-frame.ts";
import { Transcript } from "./transcript.ts";
import { orderForUnit } from "./unit-recipe.ts";

/** Everything that a run which only reads takes. */
export type ProofRunParts = {
  readonly order: Pick<Order, "settings" | "recipe" | "boardSerial">;
  readonly proof: Proof;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly journal: Journal;
  readonly opener: ModemOpener;
  /** Waits for the core's answer to `unit.identified`. */
  readonly admission: (signal: AbortSignal) => Promise<Admission>;
  /** Aborts with the reason when a person stops the run. */
  readonly stop: AbortSignal;
};

/**
 * A run that reads a unit and compares, and changes nothing in it: connect, identify, check, verify, release. The modem is put
 * back as it was found, whatever the fixture says.
 */
export class ProofRun {
  readonly #parts: ProofRunParts;
  readonly #phases: PhaseRunner;
  readonly #transcript: Transcript;
  readonly #hold: ModemHold;

  constructor(parts: ProofRunParts) {
    const { journal, clock, stop, sha256, opener } = parts;
    this.#parts = parts;
    this.#phases = new PhaseRunner({ journal, clock, stop });
    this.#transcript = new Transcript({ clock, sha256, tell: (body) => journal.tell(body) });
    this.#hold = new ModemHold(opener);
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
    const { proof, sha256, journal } = this.#parts;
    await this.#phases.run("connect", async ({ signal }) => {
      await this.#hold.open(signal);
      await this.#hold.settle(this.#port(signal));
    });
    const { device, history, order } = await this.#phases.run("identify", ({ signal }) => this.#identify(signal));
    const parts: ProofParts = { order, device, history, sha256, tell: (body) => void journal.tell(body) };
    await this.#phases.run("check", () => {
      checkProof(proof, parts);
      return Promise.resolve();
    });
    for (const phase of ["claim", "provision"] as const) this.#phases.skip(phase);
    await this.#phases.run("verify", ({ signal }) => {
      const { modem } = this.#hold;
      const shell = gatedShell(this.#transcript.shell(modem.shell), signal);
      return performProof(proof, { modem: this.#port(signal), shell, mode: modem.mode }, parts);
    });
  }

  async #identify(signal: AbortSignal): Promise<Pick<ProofParts, "device" | "history" | "order">> {
    const { clock, journal, order, admission, sha256 } = this.#parts;
    const device = await identifyUnit(this.#port(signal), order.boardSerial);
    journal.tell({ type: "unit.identified", device });
    const answer = await admissionOf(clock, admission, signal);
    admitted(answer);
    const own = isKnown(order, answer) ? orderForUnit(order, device, answer, sha256) : { order, notes: [] };
    for (const note of own.notes) journal.tell(note);
    return { device, order: own.order, history: answer.kind === "admitted" ? answer.history : undefined };
  }

  #release(): Promise<ReleaseEnd> {
    const parts = { hold: this.#hold, wish: "restore", clock: this.#parts.clock } as const;
    return releasePhase(this.#phases, (signal) => releaseModem(parts, () => this.#port(signal), signal));
  }

  #port(signal: AbortSignal): AtPort {
    return gatedPort(this.#transcript.port(this.#hold.modem), signal);
  }
}

/** Whether the unit's own values are known where the recipe wants some; a unit without a row is proved by the record. */
function isKnown({ recipe }: ProofRunParts["order"], answer: Admission): boolean {
  return recipe.recipe.values === undefined || (answer.kind === "admitted" && answer.values !== undefined);
}
