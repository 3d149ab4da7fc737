import { z } from "zod";
import { BatchIdSchema, label, RunIdSchema, Sha256HexSchema, SlotIdSchema, TimestampSchema } from "./common.ts";

const at = { at: TimestampSchema };

/** What a restoration tells the chain when the database is opened next. */
export const RestoreNoteSchema = z.strictObject({
  /** SHA-256 of the backup that was put in place. */
  backupSha256: Sha256HexSchema,
  /** The newest signed head of the database that was put aside, where one was kept. */
  replaced: z.strictObject({ position: z.int().nonnegative(), hash: Sha256HexSchema }).exactOptional(),
});
export type RestoreNote = z.output<typeof RestoreNoteSchema>;

/** What the station itself records in the chain, between the events of runs. */
export const StationEventSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("station.started"), ...at, version: label(64) }),
  z.strictObject({
    type: z.literal("batch.started"),
    ...at,
    batch: BatchIdSchema,
    fixture: label(64),
    recipe: label(128),
    recipeSha256: Sha256HexSchema,
    operator: label(64).exactOptional(),
    training: z.boolean(),
    slots: z.array(SlotIdSchema).max(128),
  }),
  z.strictObject({
    type: z.literal("batch.finished"),
    ...at,
    batch: BatchIdSchema,
    pass: z.int().nonnegative(),
    fail: z.int().nonnegative(),
    error: z.int().nonnegative(),
    aborted: z.int().nonnegative(),
  }),
  /** A run that a power cut or a killed station left open, closed at the next start. */
  z.strictObject({
    type: z.literal("run.recovered"),
    ...at,
    run: RunIdSchema,
    slot: SlotIdSchema,
    lastCommand: z.string().max(8192).exactOptional(),
  }),
  /** A backup took the place of a database that was lost or damaged. */
  z.strictObject({ type: z.literal("database.restored"), ...at, ...RestoreNoteSchema.shape }),
  z.strictObject({
    type: z.literal("export.made"),
    ...at,
    format: z.enum(["csv", "jsonl"]),
    rows: z.int().nonnegative(),
    sha256: Sha256HexSchema,
  }),
]);
export type StationEvent = z.output<typeof StationEventSchema>;
