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
} from "../contract/common.ts";
import type { LineEvent } from "../contract/line-message.ts";
import { ReleaseSchema, type RunEvent } from "../contract/run-event.ts";
import type { StationEvent } from "../contract/station-event.ts";

const stamp = { runId: RunIdSchema, slot: SlotIdSchema, seq: z.int().nonnegative(), at: TimestampSchema };
const count = z.int().nonnegative();

// Not the contract's own schemas: stations of other versions may tell more than this collector knows.
const ToldSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("run.started"),
    ...stamp,
    link: label(260),
    boardSerial: label(64).exactOptional(),
    recipe: label(128),
    recipeSha256: Sha256HexSchema,
    operator: label(64).exactOptional(),
    again: z.boolean(),
    training: z.boolean(),
    purpose: PurposeSchema.exactOptional(),
  }),
  z.object({
    type: z.literal("unit.identified"),
    ...stamp,
    device: z.object({
      uuid: DeviceUuidSchema,
      imei: ImeiSchema,
      boardSerial: label(64).exactOptional(),
      model: label(64).exactOptional(),
      firmware: label(128).exactOptional(),
      hardware: label(128).exactOptional(),
      iccid: label(24).exactOptional(),
    }),
  }),
  z.object({
    type: z.literal("run.finished"),
    ...stamp,
    outcome: OutcomeSchema,
    release: ReleaseSchema,
    elapsedMs: z.number().nonnegative(),
    error: z.object({ code: label(128) }).exactOptional(),
  }),
  z.object({
    type: z.literal("batch.started"),
    at: TimestampSchema,
    batch: BatchIdSchema,
    fixture: label(64),
    recipe: label(128),
    recipeSha256: Sha256HexSchema,
    operator: label(64).exactOptional(),
    training: z.boolean(),
    slots: z.array(SlotIdSchema).max(128),
  }),
  z.object({
    type: z.literal("batch.finished"),
    at: TimestampSchema,
    batch: BatchIdSchema,
    pass: count,
    fail: count,
    error: count,
    aborted: count,
  }),
]);

/** An event that rows of `run` and `batch` follow from. */
export type Told =
  | Extract<RunEvent, { type: "run.started" | "unit.identified" | "run.finished" }>
  | Extract<StationEvent, { type: "batch.started" | "batch.finished" }>;

/** The types of events that rows follow from. */
export const TOLD_TYPES: ReadonlySet<string> = new Set([
  ...["run.started", "unit.identified", "run.finished", "batch.started", "batch.finished"],
]);

/** What an event tells of runs and batches; undefined for all others, and for one whose content is not its row's. */
export function toldBy({ type, body, run, seq, at }: Pick<LineEvent, "type" | "body" | "run" | "seq" | "at">) {
  if (!TOLD_TYPES.has(type)) return undefined;
  const parsed = ToldSchema.safeParse(jsonOf(body));
  if (!parsed.success) return undefined;
  const told = parsed.data;
  if (told.type !== type || told.at !== at) return undefined;
  if ("runId" in told ? told.runId !== run || told.seq !== seq : run !== null) return undefined;
  // Fewer fields than the contract has (an error's text), and codes that this version may not know.
  return told as Told;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
