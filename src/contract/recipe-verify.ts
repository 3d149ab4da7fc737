import { z } from "zod";
import { RelativePathSchema, SecurityTagSchema } from "./recipe-command.ts";

/** Credential types of `%CMNG` (at.md 4) by the names that recipes use. */
export const CREDENTIAL_NAMES = {
  rootCa: 0,
  clientCertificate: 1,
  clientPrivateKey: 2,
  preSharedKey: 3,
  pskIdentity: 4,
  publicKey: 5,
  endorsementKey: 8,
  ownershipKey: 9,
} as const;

type CredentialName = keyof typeof CREDENTIAL_NAMES;
const NAMES = Object.keys(CREDENTIAL_NAMES) as readonly CredentialName[];

/** A type by name or by the modem's number; the number is what comes out. */
const CredentialTypeSchema = z.union(
  [z.enum(NAMES).transform((name): number => CREDENTIAL_NAMES[name]), z.int().min(0).max(255)],
  `must be ${NAMES.join(", ")} or the modem's number of a type`,
);

const CONTENT_FIELDS = ["file", "sha256", "text", "present"] as const;

/**
 * A credential that the modem must hold in the end, or must not. At most one of the contents is given; none: it must be
 * there, whatever it holds.
 */
const VerifyCredentialSchema = z
  .strictObject({
    secTag: SecurityTagSchema,
    type: CredentialTypeSchema,
    /** Its content is this file, text exactly as in the file. */
    file: RelativePathSchema.exactOptional(),
    /** The SHA-256 that the modem lists for it (at.md 4), 64 hex digits in any case, or a `{{column}}` of them. */
    sha256: z
      .string()
      .regex(/^(?:[0-9a-fA-F]{64}|\{\{[^{}]{1,66}\}\})$/, "must be 64 hex digits or {{column}}")
      .transform((text) => (text.startsWith("{{") ? text : text.toLowerCase()))
      .exactOptional(),
    /** Its content is this text, such as a PSK identity; may hold `{{column}}`. */
    text: z.string().min(1).max(4096).exactOptional(),
    /** Whether it must be there at all; false: the modem must not hold it. */
    present: z.boolean().exactOptional(),
  })
  .superRefine((value, context) => {
    const given = CONTENT_FIELDS.filter((field) => value[field] !== undefined);
    for (const field of given.slice(1))
      context.addIssue({ code: "custom", path: [field], message: `must not stand beside ${given[0] ?? ""}` });
  });
export type VerifyCredential = z.output<typeof VerifyCredentialSchema>;

/** What is proved by read-back once the commands are done. */
export const VerifySchema = z.strictObject({
  /** List the modem's credentials afterwards and compare presence, type and SHA-256. */
  readBack: z.boolean().default(true),
  /**
   * Credentials that neither the recipe's commands nor `credentials` account for fail the unit: `true` on every tag that the
   * recipe touches, a list on these tags too, whether the recipe touches them or not.
   */
  forbidUnexpected: z.union([z.boolean(), z.array(SecurityTagSchema).min(1).max(64)]).default(false),
  /**
   * Tags that must be empty before anything is done to a unit: `true` every tag that the recipe touches, or these. Whoever
   * holds something there is refused, unless this station has begun to provision it before: what is there is then overwritten,
   * as it is for every unit where this is absent.
   */
  emptyBefore: z.union([z.boolean(), z.array(SecurityTagSchema).min(1).max(64)]).exactOptional(),
  /** What the modem must hold, beyond what follows from the commands. */
  credentials: z.array(VerifyCredentialSchema).max(100).exactOptional(),
  /** What the board's own settings must be, where the fixture can read them; values may hold `{{column}}`. */
  settings: z
    .record(z.string().min(1).max(64), z.string().max(256))
    .refine((value) => Object.keys(value).length <= 50, "must hold at most 50 settings")
    .exactOptional(),
});
