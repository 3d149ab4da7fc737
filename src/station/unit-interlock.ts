import type { Device, Outcome } from "../contract/common.ts";
import type { StationError } from "../core/error.ts";
import type { DeviceUuid, RunId, SlotId } from "../core/ids.ts";
import type { RunStarted } from "./run-recorder.ts";

/** A run whose unit is to be claimed from the other stations of a line. */
export type UnitApplicant = {
  readonly run: RunId;
  readonly slot: SlotId;
  readonly uuid: DeviceUuid;
  /** When the run was started, ISO 8601. */
  readonly startedAt: string;
  readonly recipe: string;
  readonly recipeSha256: string;
  readonly training: boolean;
  /** The unit may have passed before. */
  readonly again: boolean;
  /** The run counts as passed when it passes. */
  readonly provisions: boolean;
  /** Aborts when the run is stopped before it has its answer. */
  readonly signal: AbortSignal;
  /** The unit may not be worked on any longer: the run is to be stopped in order, or cut off from it at once. */
  readonly lost: (error: StationError, how: "stop" | "cut") => void;
};

/** A claimed unit, until its run has ended. */
export interface UnitClaim {
  /** The run has ended, and that is on the disk. Never throws; what follows goes on by itself. */
  release(end: { readonly outcome: Outcome; readonly at: string }): void;
}

/** Claims units for runs where several stations share them; a station by itself has none. */
export interface UnitInterlock {
  /** Answers within a limit of its own, far below the 15 s that a worker waits. @throws StationError as the reason of a refusal */
  claim(applicant: UnitApplicant): Promise<UnitClaim>;
}

/** The claim of one run, from the question to the end of the run. */
export class RunClaim {
  readonly #interlock: UnitInterlock | undefined;
  readonly #started: RunStarted;
  readonly #lost: UnitApplicant["lost"];
  readonly #stopping = new AbortController();
  #asking: DeviceUuid | undefined;
  #claim: UnitClaim | undefined;

  /** @param interlock undefined: nobody is asked */
  constructor(interlock: UnitInterlock | undefined, started: RunStarted, lost: UnitApplicant["lost"]) {
    this.#interlock = interlock;
    this.#started = started;
    this.#lost = lost;
  }

  /** Other stations must be asked before the unit is admitted. */
  get due(): boolean {
    return this.#interlock !== undefined && this.#claim === undefined;
  }

  /** The unit that they are being asked about, or that was claimed. */
  get asking(): DeviceUuid | undefined {
    return this.#asking;
  }

  /** Claims the unit. @throws StationError as the reason of a refusal; that of {@link stop} */
  async ask({ uuid }: Device): Promise<void> {
    const { runId: run, slot, at: startedAt, recipe, recipeSha256, training, again, purpose } = this.#started;
    const facts = { run, slot, uuid, startedAt, recipe, recipeSha256, training, again };
    const control = { signal: this.#stopping.signal, lost: this.#lost };
    this.#asking = uuid;
    try {
      this.#claim = await this.#interlock?.claim({ ...facts, provisions: purpose === undefined, ...control });
    } catch (error) {
      this.#asking = undefined;
      throw error;
    }
  }

  /** The run is stopped: nobody waits for an answer any longer. */
  stop(reason: StationError): void {
    this.#stopping.abort(reason);
  }

  /** The run has ended, and that is on the disk. */
  release(end: { readonly outcome: Outcome; readonly at: string }): void {
    this.#claim?.release(end);
  }
}
