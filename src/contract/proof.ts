import { z } from "zod";
import { DeviceUuidSchema, ImeiSchema, label, Sha256HexSchema, TimestampSchema, type Purpose } from "./common.ts";

/** Credentials that one modem lists at most (modem/commands/credentials.ts). */
const MOST_CREDENTIALS = 1000;

/** A credential as a modem listed it; the digest where the modem told one. */
const FoundCredentialSchema = z.strictObject({
  secTag: z.int().nonnegative(),
  type: z.int().min(0).max(255),
  sha256: Sha256HexSchema.exactOptional(),
});

/** What a board that is known to be good answers: the reference that the golden board is compared with. */
export const GoldenReferenceSchema = z.strictObject({
  golden: z.literal(1),
  name: label(64),
  uuid: DeviceUuidSchema,
  imei: ImeiSchema,
  model: label(64).exactOptional(),
  firmware: label(128).exactOptional(),
  hardware: label(128).exactOptional(),
  credentials: z.array(FoundCredentialSchema).min(1).max(MOST_CREDENTIALS),
  learnedAt: TimestampSchema,
  operator: label(64).exactOptional(),
});
export type GoldenReference = z.output<typeof GoldenReferenceSchema>;

/**
 * A run that reads and compares, and changes nothing. `recipe`: the unit holds what the recipe says; `golden`: the board is the
 * golden one and as its reference says; `golden-learn`: what there is to compare with later.
 */
export const ProofSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("recipe") }),
  z.strictObject({ kind: z.literal("golden"), reference: GoldenReferenceSchema }),
  z.strictObject({ kind: z.literal("golden-learn"), name: label(64) }),
]);
export type Proof = z.output<typeof ProofSchema>;

/** What a run with this proof is for. */
export function purposeOf(proof: Proof | undefined): Purpose {
  if (proof === undefined) return "provision";
  return proof.kind === "recipe" ? "proof" : proof.kind;
}

/** What the record says about a unit: whether a run of this station has begun to change it, and what the newest one found in it. */
export const UnitHistorySchema = z.strictObject({
  begun: z.boolean(),
  /** Absent unless the newest run that sent commands passed. */
  proved: z
    .strictObject({ run: z.string().max(64), credentials: z.array(FoundCredentialSchema).max(MOST_CREDENTIALS) })
    .exactOptional(),
});
export type UnitHistory = z.output<typeof UnitHistorySchema>;
