import { z } from "zod";
import { label, Sha256HexSchema, TimestampSchema } from "./common.ts";
import { PublishedKindSchema } from "./line-publication.ts";

/** RFC 7638 thumbprint of a publisher's key, base64url. */
const PublisherSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** What the chain records of documents that a station has from its line. */
export const LINE_DOCUMENT_EVENTS = [
  /** A signed document was fetched; from now on the station may run it. */
  z.strictObject({
    type: z.literal("line.document-fetched"),
    at: TimestampSchema,
    kind: PublishedKindSchema,
    name: label(140),
    revision: label(64),
    sha256: Sha256HexSchema,
    publisher: PublisherSchema,
  }),
  /** A document was taken back by one of its line's publishers; from now on the station does not run it. */
  z.strictObject({
    type: z.literal("line.document-withdrawn"),
    at: TimestampSchema,
    sha256: Sha256HexSchema,
    publisher: PublisherSchema,
    reason: label(256),
  }),
] as const;

export type LineDocumentEvent = z.output<(typeof LINE_DOCUMENT_EVENTS)[number]>;
