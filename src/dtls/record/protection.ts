import { joined, uint } from "../bytes.ts";
import type { Suite } from "../suite.ts";
import { open, seal } from "./aead.ts";
import { CONTENT, DTLS_1_2, encodeRecord, PLAINTEXT_LIMIT, stampOf, type RawRecord } from "./record.ts";

/** The keys of one direction: the AEAD's key and the fixed part of its nonce, 4 bytes (RFC 5288 section 3, RFC 6655 section 3). */
export type DirectionKeys = { readonly key: Uint8Array; readonly salt: Uint8Array };

/** What a record carries once its protection is off. */
export type PlainRecord = { readonly type: number; readonly data: Uint8Array };

const EXPLICIT_NONCE = 8;

/**
 * A protected record's bytes. With a connection id the true type goes inside, behind the data (RFC 9146 section 4).
 * @param connectionId what the peer wants in records to it; empty for none
 */
export function protect(
  suite: Suite,
  keys: DirectionKeys,
  place: { readonly epoch: number; readonly sequence: number; readonly connectionId: Uint8Array },
  { type, data }: PlainRecord,
): Uint8Array {
  const withId = place.connectionId.length > 0;
  const plain = withId ? joined(data, Uint8Array.of(type)) : data;
  const outer = { ...place, type: withId ? CONTENT.connectionId : type };
  const stamp = stampOf(place.epoch, place.sequence);
  const sealed = seal(suite, keys.key, joined(keys.salt, stamp), additionalData(outer, plain.length), plain);
  return encodeRecord({ ...outer, body: joined(stamp, sealed) });
}

/** A record without its protection, or undefined when it is not authentic or too long. */
export function unprotect(suite: Suite, keys: DirectionKeys, record: RawRecord): PlainRecord | undefined {
  const length = record.body.length - EXPLICIT_NONCE - suite.tagLength;
  if (length < 0) return undefined;
  const nonce = joined(keys.salt, record.body.subarray(0, EXPLICIT_NONCE));
  const aad = additionalData(record, length);
  const plain = open(suite, keys.key, nonce, aad, record.body.subarray(EXPLICIT_NONCE));
  if (plain === undefined) return undefined;
  const inner = record.type === CONTENT.connectionId ? innerRecord(plain) : { type: record.type, data: plain };
  return inner !== undefined && inner.data.length <= PLAINTEXT_LIMIT ? inner : undefined;
}

/** RFC 5246 section 6.2.3.3; with a connection id RFC 9146 section 5.3. */
function additionalData(record: Omit<RawRecord, "body">, length: number): Uint8Array {
  const stamp = stampOf(record.epoch, record.sequence);
  const version = uint(DTLS_1_2, 2);
  if (record.type !== CONTENT.connectionId) return joined(stamp, Uint8Array.of(record.type), version, uint(length, 2));
  const type = Uint8Array.of(CONTENT.connectionId);
  const placeholder = new Uint8Array(8).fill(0xff);
  const idLength = Uint8Array.of(record.connectionId.length);
  return joined(placeholder, type, idLength, type, version, stamp, record.connectionId, uint(length, 2));
}

/** DTLSInnerPlaintext: data, true type, zeros (RFC 9146 section 4). */
function innerRecord(plain: Uint8Array): PlainRecord | undefined {
  const end = plain.findLastIndex((byte) => byte !== 0);
  const type = plain[end];
  return type === undefined ? undefined : { type, data: plain.subarray(0, end) };
}
