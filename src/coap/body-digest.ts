import { createHash } from "node:crypto";

const ETAG_BYTES = 8;

/** A body's entity tag: the first 8 bytes of its SHA-256 (RFC 7252 section 5.10.6). */
export function bodyDigest(body: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(body).digest().subarray(0, ETAG_BYTES));
}
