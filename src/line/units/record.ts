import type { Outcome } from "../../contract/common.ts";
import type { LineUnitEvent } from "../../contract/line-event.ts";
import type { StationError } from "../../core/error.ts";
import type { DeviceUuid, RunId, SlotId } from "../../core/ids.ts";

/** A run whose unit is to be claimed across the line. */
export type Applicant = {
  readonly run: RunId;
  readonly slot: SlotId;
  readonly uuid: DeviceUuid;
  /** When the run was started; by this station's clock, ISO 8601. */
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

/** How a run ended; on the disk. */
export type Ending = { readonly outcome: Outcome; readonly at: string };

/** A run that went on alone, has ended, and was not compared with the line yet. */
export type EndedAlone = Pick<
  Applicant,
  "run" | "uuid" | "startedAt" | "recipe" | "recipeSha256" | "again" | "provisions"
> & { readonly passedAt?: string };

/** The station's record, as far as claiming units needs it. */
export interface UnitRecord {
  /** Appends to the chain; on the disk when it resolves. @throws StationError audit.* */
  note(event: LineUnitEvent): Promise<void>;
  /** The runs that went on alone and are not settled, of those that have ended. @throws StationError audit.* */
  endedAlone(): readonly EndedAlone[];
}
