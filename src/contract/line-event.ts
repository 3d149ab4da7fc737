import { z } from "zod";
import { DeviceUuidSchema, label, RunIdSchema, SlotIdSchema, TimestampSchema } from "./common.ts";
import { StationIdSchema } from "./line-message.ts";

const ofRun = { at: TimestampSchema, run: RunIdSchema, uuid: DeviceUuidSchema };

/**
 * What the chain records of units that are claimed across a line (src/line). A run that went on alone is settled by the next
 * `line.reconciled` or `line.conflict` of the same run.
 */
export const LINE_UNIT_EVENTS = [
  /** The run goes on though nobody else on the line can know of it. On the disk before it does. */
  z.strictObject({
    type: z.literal("line.alone"),
    ...ofRun,
    slot: SlotIdSchema,
    /** `unclaimed`: the line was out of reach when the run began; `lapsed`: it was lost, and the lease with it. */
    reason: z.enum(["unclaimed", "lapsed"]),
  }),
  /** The line was asked: nobody else worked on the unit meanwhile. */
  z.strictObject({ type: z.literal("line.reconciled"), ...ofRun }),
  /** The line was asked: another run worked on the unit (`held`), or passed it (`passed`). */
  z.strictObject({
    type: z.literal("line.conflict"),
    ...ofRun,
    what: z.enum(["held", "passed"]),
    /** The other run, its station and the name that people gave that. */
    otherStation: StationIdSchema,
    other: label(32),
    otherRun: RunIdSchema,
    /** When the other run claimed or passed the unit. */
    otherAt: TimestampSchema,
  }),
] as const;

export const LineUnitEventSchema = z.discriminatedUnion("type", LINE_UNIT_EVENTS);
export type LineUnitEvent = z.output<typeof LineUnitEventSchema>;
export type LineConflictEvent = Extract<LineUnitEvent, { readonly type: "line.conflict" }>;
