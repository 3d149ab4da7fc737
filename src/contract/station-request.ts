import { z } from "zod";
import { BatchIdSchema, label, OutcomeSchema, PurposeSchema, SlotIdSchema, TimestampSchema } from "./common.ts";

/** Start a batch: which slots of the loaded fixture, with which scanned serials. */
export const StartRequestSchema = z.strictObject({
  /** Absent: all slots of the fixture. */
  slots: z.array(SlotIdSchema).min(1).max(128).exactOptional(),
  operator: label(64).exactOptional(),
  /** Scanned board serials by slot. */
  serials: z.record(z.string().max(16), label(64)).default({}),
  /** Units that passed before may run once more. */
  again: z.boolean().default(false),
});
export type StartRequest = z.output<typeof StartRequestSchema>;

/** How many runs of a batch ended how. */
export const BatchSummarySchema = z.strictObject({
  batch: BatchIdSchema,
  units: z.int().nonnegative(),
  pass: z.int().nonnegative(),
  fail: z.int().nonnegative(),
  error: z.int().nonnegative(),
  aborted: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
});
export type BatchSummary = z.output<typeof BatchSummarySchema>;

/** Which runs of the record: all filters that are given must hold. */
export const RunFilterSchema = z.strictObject({
  from: TimestampSchema.exactOptional(),
  to: TimestampSchema.exactOptional(),
  batch: BatchIdSchema.exactOptional(),
  recipe: label(128).exactOptional(),
  outcome: OutcomeSchema.exactOptional(),
  code: label(64).exactOptional(),
  operator: label(64).exactOptional(),
  /** Device UUID, IMEI or board serial, whole. */
  unit: label(64).exactOptional(),
  /** How the device UUID, the IMEI or the board serial begins, as somebody types it. */
  unitStart: label(64).exactOptional(),
  purpose: PurposeSchema.exactOptional(),
  /** Identity of a station of the line. */
  station: label(64).exactOptional(),
});
export type RunFilter = z.output<typeof RunFilterSchema>;

/** The formats of an export. */
export const ExportFormatSchema = z.enum(["csv", "jsonl"]);
export type ExportFormat = z.output<typeof ExportFormatSchema>;
