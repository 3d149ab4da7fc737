import { z } from "zod";
import {
  BatchIdSchema,
  DeviceUuidSchema,
  ImeiSchema,
  label,
  OutcomeSchema,
  PurposeSchema,
  RunIdSchema,
  Sha256HexSchema,
  SlotIdSchema,
  TimestampSchema,
} from "./common.ts";
import { StationIdSchema } from "./line-message.ts";

/** How a run ended, for other systems of a factory (docs/line-results.md). Further members may be added under schema 1. */
export const LineResultSchema = z.object({
  schema: z.literal(1),
  line: label(64),
  station: StationIdSchema,
  /** What people call the station. */
  stationName: label(32),
  /** Position of the run's end in the station's chain: results of a station come in this order. */
  position: z.int().min(1),
  run: RunIdSchema,
  batch: BatchIdSchema,
  slot: SlotIdSchema,
  outcome: OutcomeSchema,
  /** Error code of a run that did not pass. */
  code: z.string().min(1).max(128).nullable(),
  purpose: PurposeSchema,
  training: z.boolean(),
  /** Whether the unit had passed before and was run once more on purpose. */
  again: z.boolean(),
  uuid: DeviceUuidSchema.nullable(),
  imei: ImeiSchema.nullable(),
  iccid: z.string().max(64).nullable(),
  boardSerial: z.string().max(64).nullable(),
  model: z.string().max(64).nullable(),
  firmware: z.string().max(128).nullable(),
  recipe: label(128),
  recipeSha256: Sha256HexSchema,
  operator: z.string().max(64).nullable(),
  startedAt: TimestampSchema,
  finishedAt: TimestampSchema,
  /** How long the run took, ms. */
  elapsedMs: z.number().nonnegative(),
});
export type LineResult = z.output<typeof LineResultSchema>;
