import { z } from "zod";
import { BatchIdSchema, ErrorReportSchema, label, Sha256HexSchema, SlotIdSchema, TimestampSchema } from "./common.ts";
import { RunCountsSchema } from "./desktop-history.ts";
import { LineStateSchema } from "./desktop-line.ts";
import { InsertionsSchema } from "./desktop-ports.ts";
import { SessionSchema } from "./desktop-session.ts";
import { DesktopSettingsSchema } from "./desktop-settings.ts";
import { SlotStateSchema } from "./slot-state-schema.ts";
import { BatchSummarySchema } from "./station-request.ts";

const RecipeFactsSchema = z.strictObject({
  /** Product and revision, as runs name it. */
  name: label(128),
  product: label(64),
  revision: label(64),
  description: z.string().max(1024).exactOptional(),
  sha256: Sha256HexSchema,
  /** What a scanned serial must look like, whole (a regular expression with the `u` flag); absent: free and optional. */
  boardSerial: z.strictObject({ pattern: z.string().max(128), required: z.boolean() }).exactOptional(),
});
export type RecipeFacts = z.output<typeof RecipeFactsSchema>;

const PlaceSchema = z.strictObject({
  slot: SlotIdSchema,
  /** From 1 at the back left of the tray. */
  row: z.int().min(1).max(64),
  column: z.int().min(1).max(64),
  /** `tcp://127.0.0.1:4001`, `serial:/dev/ttyUSB0`, `usb:1-1.2 interface 0`. */
  port: z.string().max(300),
});
export type SlotPlace = z.output<typeof PlaceSchema>;

const FixtureFactsSchema = z.strictObject({
  name: label(64),
  rows: z.int().min(1).max(64),
  columns: z.int().min(1).max(64),
  slots: z.array(PlaceSchema).min(1).max(128),
});
export type FixtureFacts = z.output<typeof FixtureFactsSchema>;

const ProfileFactsSchema = z.strictObject({
  name: label(64),
  service: z.enum(["embedded", "nrf-cloud"]),
  transport: z.enum(["https", "coaps"]),
});
export type ProfileFacts = z.output<typeof ProfileFactsSchema>;

/** The simulated modems and the embedded service of the training mode. */
const TrainingFactsSchema = z.strictObject({
  modems: z.int().min(0).max(128),
  latency: z.enum(["none", "realistic"]),
  /** Faults that were ordered: `3=keygen-error`. */
  faults: z.array(z.string().max(200)).max(128),
});
export type TrainingFacts = z.output<typeof TrainingFactsSchema>;

const BatchFactsSchema = z.strictObject({
  batch: BatchIdSchema,
  startedAt: TimestampSchema,
  slots: z.array(SlotIdSchema).max(128),
});
export type BatchFacts = z.output<typeof BatchFactsSchema>;

/** How the runs since `since` ended: the beginning of the shift, which is the start of the application or `shift.restart`. */
export const ShiftSchema = z.strictObject({ since: TimestampSchema, counts: RunCountsSchema });
export type Shift = z.output<typeof ShiftSchema>;

/** Everything the window needs to show the station, at one moment; the news after `news` bring it up to date. */
export const DesktopSnapshotSchema = z.strictObject({
  /** Number of the newest news that is contained. */
  news: z.int().nonnegative(),
  /** The station's clock at this moment: elapsed times count from it, whatever the window's clock says. */
  at: TimestampSchema,
  /** `id`: identity of the station in the record. */
  station: z.strictObject({ id: z.string().max(64), version: z.string().max(64), training: z.boolean() }),
  /** Absent where real boards and a real service are used. */
  training: TrainingFactsSchema.exactOptional(),
  recipe: RecipeFactsSchema,
  fixture: FixtureFactsSchema,
  profile: ProfileFactsSchema,
  settings: DesktopSettingsSchema,
  /** Who works here. */
  session: SessionSchema,
  /** Batches that run now, oldest first; usually none or one (a slot that runs again makes one of its own). */
  batches: z.array(BatchFactsSchema).max(128),
  /** The batch that finished last since the application was started. */
  lastBatch: BatchSummarySchema.exactOptional(),
  /** In the fixture's order. */
  slots: z.array(SlotStateSchema).min(1).max(128),
  shift: ShiftSchema,
  /** What is plugged in; absent: nobody has looked. */
  insertions: InsertionsSchema.exactOptional(),
  /** The line that the station shares with others; absent: it works for itself. */
  sharedLine: LineStateSchema.exactOptional(),
  /** The record cannot be written: nothing may start until it can be again. */
  storeFailure: ErrorReportSchema.exactOptional(),
});
export type DesktopSnapshot = z.output<typeof DesktopSnapshotSchema>;
