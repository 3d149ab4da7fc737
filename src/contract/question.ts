import { z } from "zod";
import { AuthorityNameSchema } from "./authority.ts";
import { DeviceUuidSchema, ErrorReportSchema, ImeiSchema, label, Sha256HexSchema, TimestampSchema } from "./common.ts";
import { SecurityTagSchema } from "./recipe-command.ts";
import { SerialNumberSchema } from "./serial-number.ts";

/** Largest certificate or signing request that goes between worker and core, as PEM. */
const PEM_LIMIT = 16_384;

/** What a run may ask of the core: things that must be decided, counted or kept in one place. */
export const QuestionSchema = z.discriminatedUnion("kind", [
  /** Sign the CSR that the unit made; the serial number is on the disk before the certificate exists. */
  z.strictObject({ kind: z.literal("certificate"), secTag: SecurityTagSchema, csr: z.string().max(PEM_LIMIT) }),
  /** Keep the unit's attestation token for a claim later on; it is a credential and reaches the token file only. */
  z.strictObject({
    kind: z.literal("keep-token"),
    uuid: DeviceUuidSchema,
    imei: ImeiSchema,
    token: z.string().min(1).max(4096),
  }),
]);
export type Question = z.output<typeof QuestionSchema>;

/** What the core answers; whatever it names is on the disk. */
export const AnswerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("certificate"),
    pem: z.string().max(PEM_LIMIT),
    /** The CA's name in the profile; SHA-256 of its certificate. */
    by: AuthorityNameSchema,
    authority: Sha256HexSchema,
    serial: SerialNumberSchema,
    sha256: Sha256HexSchema,
    subject: label(1024),
    notAfter: TimestampSchema,
  }),
  z.strictObject({ kind: z.literal("token-kept") }),
  z.strictObject({ kind: z.literal("refused"), error: ErrorReportSchema }),
]);
export type Answer = z.output<typeof AnswerSchema>;
