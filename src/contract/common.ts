import { z } from "zod";
import { isErrorCode, type ErrorCode } from "../core/error-codes.ts";
import type { ErrorCause, ErrorReport } from "../core/error.ts";
import {
  IMEI_PATTERN,
  parseDeviceUuid,
  SLOT_PATTERN,
  UUID_PATTERN,
  type BatchId,
  type DeviceUuid,
  type Imei,
  type RunId,
  type SlotId,
} from "../core/ids.ts";

/** A text without control characters, 1 to `max` characters: names, labels, reasons. */
export const label = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, "must not contain control characters");

export const SlotIdSchema = z
  .string()
  .regex(SLOT_PATTERN, "must be 1 to 16 letters, digits, dots, dashes or underscores")
  .transform((text) => text as SlotId);
export const RunIdSchema = z
  .string()
  .regex(UUID_PATTERN, "must be a UUID in lower case")
  .transform((text) => text as RunId);
export const BatchIdSchema = z
  .string()
  .regex(UUID_PATTERN, "must be a UUID in lower case")
  .transform((text) => text as BatchId);
export const ImeiSchema = z
  .string()
  .regex(IMEI_PATTERN, "must be 15 digits")
  .transform((text) => text as Imei);
export const DeviceUuidSchema = z.string().transform((text, context): DeviceUuid => {
  const uuid = parseDeviceUuid(text);
  if (uuid !== undefined) return uuid;
  context.addIssue({ code: "custom", message: "must be a UUID such as 50363154-3931-44f0-8022-121b6401627d" });
  return z.NEVER;
});

/** ISO 8601 in UTC with milliseconds. */
export const TimestampSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "must be ISO 8601 UTC with milliseconds");

/** SHA-256 as 64 lower-case hex digits. */
export const Sha256HexSchema = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits");

/** A text that must appear to people although a device or file wrote it: bounded. */
export const RemoteTextSchema = z.string().max(8192);

const FactUnitSchema = z.enum([
  "ms",
  "s",
  "bytes",
  "characters",
  "lines",
  "rows",
  "commands",
  "attempts",
  "baud",
  "items",
]);
const FactSchema = z.union([
  z.string().max(4096),
  z.number(),
  z.boolean(),
  z.null(),
  z.strictObject({ value: z.number(), unit: FactUnitSchema }),
]);
/** Facts of an error or a note; see core/fact.ts. */
export const FactsSchema = z.record(z.string().max(64), FactSchema);

const ErrorCodeSchema = z.custom<ErrorCode>(
  (value) => typeof value === "string" && isErrorCode(value),
  "unknown error code",
);

const ErrorCauseSchema: z.ZodType<ErrorCause> = z.lazy(() =>
  z.strictObject({
    code: z.string().max(128),
    what: z.string().max(1024),
    facts: FactsSchema,
    cause: ErrorCauseSchema.exactOptional(),
  }),
);

/** An error as it crosses processes and rests in the record; see core/error.ts. */
export const ErrorReportSchema: z.ZodType<ErrorReport> = z.strictObject({
  code: ErrorCodeSchema,
  what: z.string().max(1024),
  facts: FactsSchema,
  advice: z.string().max(512),
  cause: ErrorCauseSchema.exactOptional(),
});

/** How a run ended: PASS, FAIL (the unit's fault), ERROR (station, service or line), ABORTED (a person or a power cut). */
export const OutcomeSchema = z.enum(["PASS", "FAIL", "ERROR", "ABORTED"]);
export type Outcome = z.infer<typeof OutcomeSchema>;

/**
 * What runs are for. Only `provision` counts: as passed, in the yield, in reports. `proof`: reads the unit and compares;
 * `golden`: compares the golden board with its reference; `golden-learn`: takes the reference from a board;
 * `gather`: keeps the unit's attestation token for a claim later on.
 */
export const PURPOSES = ["provision", "proof", "golden", "golden-learn", "gather"] as const;
export const PurposeSchema = z.enum(PURPOSES);
export type Purpose = z.infer<typeof PurposeSchema>;

/** The phases of a run, in order. */
export const PHASES = ["connect", "identify", "check", "claim", "provision", "verify", "release"] as const;
export const PhaseSchema = z.enum(PHASES);
export type Phase = z.infer<typeof PhaseSchema>;

/** What identifies a unit; `model` and later fields as the modem reported them. */
export const DeviceSchema = z.strictObject({
  uuid: DeviceUuidSchema,
  imei: ImeiSchema,
  boardSerial: label(64).exactOptional(),
  model: label(64).exactOptional(),
  firmware: label(128).exactOptional(),
  hardware: label(128).exactOptional(),
  iccid: label(24).exactOptional(),
});
export type Device = z.infer<typeof DeviceSchema>;
