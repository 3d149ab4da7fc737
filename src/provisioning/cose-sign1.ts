import { quantity } from "../core/fact.ts";
import { CborCursor, type RefuseCbor } from "./cbor-cursor.ts";
import { CborWriter } from "./cbor-writer.ts";
import { toHex, tokenMalformed, type TokenKind } from "./token-parts.ts";

/** The signature part of attestation and KEYGEN tokens: COSE_Sign1 with ES256 (RFC 9052, protocol.md 7.2). */
export type CoseSign1 = {
  /** The protected header as it was signed; always `a10126` (ES256). */
  readonly protectedHeader: Uint8Array;
  /** Which key signed: -2 device identity, -4 Nordic base production, -5 Nordic base R&D. */
  readonly keyId: number;
  /** The signed payload, or undefined where it travels apart. */
  readonly payload: Uint8Array | undefined;
  /** r and s, 32 bytes each. */
  readonly signature: Uint8Array;
};

const SIGN1_TAG = 18;
const ES256_HEADER = "a10126";
const KEY_ID = 4;
const SIGNATURE_BYTES = 64;
const PAYLOAD_LIMIT = 1024;
const NULL = Uint8Array.of(0xf6);

/** How a token's CBOR refuses: the token's error with the place. */
export function refuseToken(kind: TokenKind, length: number): RefuseCbor {
  return (expected, offset) =>
    tokenMalformed(kind, expected, { offset: quantity(offset, "bytes"), length: quantity(length, "bytes") });
}

/** @throws StationError provisioning.token-malformed */
export function parseCoseSign1(kind: TokenKind, bytes: Uint8Array): CoseSign1 {
  const refuse = refuseToken(kind, bytes.length);
  const cursor = new CborCursor(bytes, refuse);
  if (cursor.tag("COSE_Sign1 tag") !== SIGN1_TAG) throw cursor.refuse("COSE_Sign1 tag");
  if (cursor.countedList("COSE_Sign1") !== 4) throw cursor.refuse("four elements of COSE_Sign1");
  const protectedHeader = cursor.bytes("protected header", 16);
  if (toHex(protectedHeader) !== ES256_HEADER) throw cursor.refuse("protected header of ES256");
  if (cursor.map("unprotected header") !== 1) throw cursor.refuse("one unprotected header");
  if (cursor.unsigned("key id label") !== KEY_ID) throw cursor.refuse("key id label");
  const keyId = wholeInteger(cursor.bytes("key id", 8), refuse);
  const payload = cursor.takeNull() ? undefined : cursor.bytes("payload", PAYLOAD_LIMIT);
  const signature = cursor.bytes("signature", SIGNATURE_BYTES);
  if (signature.length !== SIGNATURE_BYTES) throw cursor.refuse(`signature of ${SIGNATURE_BYTES} bytes`);
  cursor.end("nothing behind the signature");
  return { protectedHeader, keyId, payload, signature };
}

/** The number that a byte string holds as CBOR. */
export function wholeInteger(bytes: Uint8Array, refuse: RefuseCbor): number {
  const cursor = new CborCursor(bytes, refuse);
  const value = cursor.integer("number");
  cursor.end("nothing behind the number");
  return value;
}

/**
 * The bytes that a COSE signature covers: `["Signature1", protected header, external data, payload]`
 * (RFC 9052 section 4.4; the modem writes a null where there is no payload, protocol.md 7.2).
 */
export function coseSignatureInput(
  cose: CoseSign1,
  externalData: Uint8Array,
  payload: Uint8Array | undefined,
): Uint8Array<ArrayBuffer> {
  const writer = new CborWriter().list(4).text("Signature1").bytes(cose.protectedHeader).bytes(externalData);
  return (payload === undefined ? writer.raw(NULL) : writer.bytes(payload)).finish();
}
