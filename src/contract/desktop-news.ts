import { z } from "zod";
import { BatchIdSchema, ErrorReportSchema, SlotIdSchema, TimestampSchema } from "./common.ts";
import { JobSchema } from "./desktop-history.ts";
import { LineStateSchema } from "./desktop-line.ts";
import { InsertionsSchema } from "./desktop-ports.ts";
import { SessionSchema } from "./desktop-session.ts";
import { ShiftSchema } from "./desktop-snapshot.ts";
import { RunEventSchema } from "./run-event.ts";
import { SlotStateSchema } from "./slot-state-schema.ts";
import { BatchSummarySchema } from "./station-request.ts";

/** What happened at the station, for the window. */
export const DesktopNewsSchema = z.discriminatedUnion("kind", [
  /** A run went on: the event is on the disk (unless `unsaved`), `state` is its slot after it. */
  z.strictObject({
    kind: z.literal("run"),
    batch: BatchIdSchema,
    event: RunEventSchema,
    state: SlotStateSchema,
    /** The record failed: this end of the run is shown, never a PASS, and not on the disk yet. */
    unsaved: z.literal(true).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal("batch.started"),
    batch: BatchIdSchema,
    startedAt: TimestampSchema,
    slots: z.array(SlotIdSchema).max(128),
  }),
  z.strictObject({ kind: z.literal("batch.finished"), summary: BatchSummarySchema }),
  /** The runs of a batch have ended, but its end could not be recorded. */
  z.strictObject({ kind: z.literal("batch.failed"), batch: BatchIdSchema, error: ErrorReportSchema }),
  /** The record cannot be written: running runs are being stopped, no batch may start until it can be again. */
  z.strictObject({ kind: z.literal("store.failed"), error: ErrorReportSchema }),
  /** A worker process was lost; it is started again by itself. */
  z.strictObject({ kind: z.literal("worker.lost"), slot: SlotIdSchema, error: ErrorReportSchema }),
  /** The counts of the shift, after a batch. */
  z.strictObject({ kind: z.literal("shift"), shift: ShiftSchema }),
  /** The line works with other documents or another tray from now on: a new snapshot tells which. */
  z.strictObject({ kind: z.literal("configured") }),
  /** Somebody signed in or out, or the list of operators changed. */
  z.strictObject({ kind: z.literal("session"), session: SessionSchema }),
  /** Boards were plugged in or out, or starting by plugging in was switched. */
  z.strictObject({ kind: z.literal("insertions"), insertions: InsertionsSchema }),
  /** The line that the station shares with others changed: reached, lost, more or fewer events wait. */
  z.strictObject({ kind: z.literal("shared-line"), line: LineStateSchema }),
]);
export type DesktopNews = z.output<typeof DesktopNewsSchema>;

/**
 * News in order, gathered over a few milliseconds. Numbers count up by one: those up to the snapshot's are contained in it,
 * a gap calls for a new snapshot.
 */
export const NewsBundleSchema = z
  .array(z.strictObject({ number: z.int().positive(), news: DesktopNewsSchema }))
  .max(4096);
export type NewsBundle = z.output<typeof NewsBundleSchema>;

/** How far a long piece of work is; `total` is an estimate made at its beginning, in the work's own steps. */
export const JobProgressSchema = z.strictObject({
  job: JobSchema,
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
});
export type JobProgress = z.output<typeof JobProgressSchema>;
