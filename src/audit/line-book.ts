import type { LineDocumentEvent } from "../contract/line-document-event.ts";
import type { LineConflictEvent, LineUnitEvent } from "../contract/line-event.ts";
import type { DeviceUuid, RunId } from "../core/ids.ts";

/** A run that went on alone, has ended, and was not compared with the line yet. */
export type UnsettledRun = {
  readonly run: RunId;
  readonly uuid: DeviceUuid;
  readonly startedAt: string;
  readonly recipe: string;
  readonly recipeSha256: string;
  readonly again: boolean;
  /** The run was to provision its unit. */
  readonly provisions: boolean;
  /** When it ended as PASS; absent where it ended otherwise. */
  readonly passedAt?: string;
};

/** What the chain says about units that are claimed across a line, and what came from it; part of the audit store. Promises as of `AuditStore`. */
export interface LineBook {
  /** Appends to the chain. */
  note(event: LineUnitEvent | LineDocumentEvent): Promise<void>;
  /** Ended runs whose newest event of the line is `line.alone`, oldest first. */
  endedAlone(): readonly UnsettledRun[];
  /** The newest conflicts, newest first. */
  conflicts(limit: number): readonly LineConflictEvent[];
}
