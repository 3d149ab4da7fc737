import { z } from "zod";
import {
  DeviceSchema,
  ErrorReportSchema,
  label,
  OutcomeSchema,
  PhaseSchema,
  PurposeSchema,
  RemoteTextSchema,
  RunIdSchema,
  SlotIdSchema,
  TimestampSchema,
} from "./common.ts";
import { ReleaseSchema } from "./run-event.ts";
import type { SlotState } from "./slot-state.ts";

const count = z.int().nonnegative();

const view = {
  slot: SlotIdSchema,
  runId: RunIdSchema,
  link: label(260),
  recipe: z.string().max(128),
  startedAt: TimestampSchema,
  boardSerial: label(64).exactOptional(),
  purpose: PurposeSchema.exclude(["provision"]).exactOptional(),
  device: DeviceSchema.exactOptional(),
  phasesDone: z.int().min(0).max(7),
  commandsDone: count,
  commandsTotal: count,
  command: RemoteTextSchema.exactOptional(),
};

/** A slot's state as it crosses to the window; see slot-state.ts. */
export const SlotStateSchema: z.ZodType<SlotState> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("idle"), slot: SlotIdSchema }),
  z.strictObject({ kind: z.literal("running"), ...view, phase: PhaseSchema, attempt: z.int().min(1) }),
  z.strictObject({
    kind: z.literal("finished"),
    ...view,
    outcome: OutcomeSchema,
    release: ReleaseSchema,
    elapsedMs: z.number().nonnegative(),
    error: ErrorReportSchema.exactOptional(),
  }),
]);
