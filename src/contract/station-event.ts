import { z } from "zod";
import {
  BatchIdSchema,
  DeviceUuidSchema,
  label,
  RunIdSchema,
  Sha256HexSchema,
  SlotIdSchema,
  TimestampSchema,
} from "./common.ts";
import { LINE_DOCUMENT_EVENTS } from "./line-document-event.ts";
import { LINE_UNIT_EVENTS } from "./line-event.ts";
import { OwnerActSchema } from "./run-event.ts";
import { SerialNumberSchema } from "./serial-number.ts";

const at = { at: TimestampSchema };

/** Units of one announcement: the rows that one bulk call may have (peers.md 4.1). */
export const MOST_CLAIMS = 1000;

/** What became of one unit that was to be claimed or given up away from a run. */
export const ClaimResultSchema = z.enum([
  "claimed",
  "ours-already",
  "unclaimed",
  "claimed-elsewhere",
  "not-ours",
  "refused",
  "unknown",
]);
export type ClaimResult = z.output<typeof ClaimResultSchema>;

/** What a restoration tells the chain when the database is opened next. */
const RestoreNoteSchema = z.strictObject({
  /** SHA-256 of the backup that was put in place. */
  backupSha256: Sha256HexSchema,
  /** The newest signed head of the database that was put aside, where one was kept. */
  replaced: z.strictObject({ position: z.int().nonnegative(), hash: Sha256HexSchema }).exactOptional(),
});

/** What a new beginning tells the chain when the database is made next. */
const NewBeginningSchema = z.strictObject({
  anew: z.literal(true),
  /** The newest signed head of the database that was put aside, where one was kept. */
  replaced: RestoreNoteSchema.shape.replaced,
});

/** What took the place of a database: a backup, or a new beginning. */
export const ReplacementNoteSchema = z.union([RestoreNoteSchema, NewBeginningSchema]);
export type ReplacementNote = z.output<typeof ReplacementNoteSchema>;

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
    ownerAct: OwnerActSchema.exactOptional(),
  }),
  /** A serial number of a CA of one's own was allotted: whatever becomes of it, it is never allotted again. */
  z.strictObject({
    type: z.literal("certificate.allotted"),
    ...at,
    authority: Sha256HexSchema,
    serial: SerialNumberSchema,
    csrSha256: Sha256HexSchema,
    uuid: DeviceUuidSchema.exactOptional(),
    run: RunIdSchema.exactOptional(),
  }),
  /** The certificate that was signed under an allotted number. */
  z.strictObject({
    type: z.literal("certificate.recorded"),
    ...at,
    authority: Sha256HexSchema,
    serial: SerialNumberSchema,
    sha256: Sha256HexSchema,
    subject: label(1024),
    notAfter: TimestampSchema,
    pem: z.string().max(16_384),
  }),
  /** A backup took the place of a database that was lost or damaged. */
  z.strictObject({ type: z.literal("database.restored"), ...at, ...RestoreNoteSchema.shape }),
  /** A database was put aside, whole, and this one begins in its place. */
  z.strictObject({ type: z.literal("database.begun-anew"), ...at, replaced: RestoreNoteSchema.shape.replaced }),
  z.strictObject({
    type: z.literal("export.made"),
    ...at,
    format: z.enum(["csv", "jsonl"]),
    rows: z.int().nonnegative(),
    sha256: Sha256HexSchema,
  }),
  /** Units are about to be claimed or given up away from a run; on the disk before the first request is sent. */
  z.strictObject({
    type: z.literal("claims.announced"),
    ...at,
    act: z.enum(["claim", "unclaim"]),
    profile: label(64),
    tags: z.array(label(128)).max(20),
    units: z.array(DeviceUuidSchema).min(1).max(MOST_CLAIMS),
  }),
  z.strictObject({
    type: z.literal("claims.concluded"),
    ...at,
    act: z.enum(["claim", "unclaim"]),
    profile: label(64),
    units: z
      .array(z.strictObject({ uuid: DeviceUuidSchema, result: ClaimResultSchema }))
      .min(1)
      .max(MOST_CLAIMS),
  }),
  ...LINE_UNIT_EVENTS,
  ...LINE_DOCUMENT_EVENTS,
]);
export type StationEvent = z.output<typeof StationEventSchema>;

/** What the station records of claims away from runs. */
export type ClaimsEvent = Extract<StationEvent, { readonly type: "claims.announced" | "claims.concluded" }>;
