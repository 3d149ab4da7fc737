import { z } from "zod";
import { RunIdSchema, Sha256HexSchema, TimestampSchema } from "./common.ts";
import { UUID_PATTERN } from "../core/ids.ts";

/** The id of a station: the one in table `station` of its audit database. */
export const StationIdSchema = z.string().regex(UUID_PATTERN, "must be a UUID in lower case");

/** The longest body of an event that travels, characters; an event of the audit chain is far below it. */
export const LONGEST_BODY = 900_000;

/**
 * Position 0 of a station's subject: the row of table `station`, which the first event's `previous` is the digest of and whose key
 * signs the heads (docs/audit-format.md).
 */
export const LineIdentitySchema = z.strictObject({
  schema: z.literal(1),
  station: StationIdSchema,
  position: z.literal(0),
  type: z.literal("station.identity"),
  createdAt: TimestampSchema,
  /** The public JWK as canonical JSON, as it is in the database. */
  publicKey: z.string().min(1).max(1024),
});
export type LineIdentity = z.output<typeof LineIdentitySchema>;

/** A row of the audit chain as it travels: field for field what was hashed, so that everybody can check it. */
export const LineEventSchema = z
  .strictObject({
    schema: z.literal(1),
    station: StationIdSchema,
    position: z.int().min(1),
    run: RunIdSchema.nullable(),
    seq: z.int().nonnegative().nullable(),
    type: z.string().min(1).max(64),
    at: TimestampSchema,
    /** The event as canonical JSON. */
    body: z.string().min(2).max(LONGEST_BODY),
    previous: Sha256HexSchema,
    hash: Sha256HexSchema,
  })
  .superRefine((event, context) => {
    if ((event.run === null) !== (event.seq === null))
      context.addIssue({ code: "custom", message: "run and seq must both be there or both be null", path: ["seq"] });
  });
export type LineEvent = z.output<typeof LineEventSchema>;

/** What a station's subject of the event stream carries: position 0, then 1, 2, 3 … */
export const LineMessageSchema = z.union([LineIdentitySchema, LineEventSchema]);
export type LineMessage = z.output<typeof LineMessageSchema>;
