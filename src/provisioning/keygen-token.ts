import type { Sha256 } from "../core/digest.ts";
import { parseDeviceUuid, type DeviceUuid } from "../core/ids.ts";
import { CborCursor } from "./cbor-cursor.ts";
import { coseSignatureInput, parseCoseSign1, refuseToken, wholeInteger, type CoseSign1 } from "./cose-sign1.ts";
import { toHex, tokenMalformed, tokenParts, uuidText } from "./token-parts.ts";

/** What a KEYGEN token says (protocol.md 7.3). */
export type KeygenToken = {
  /** `csr`: DER is a PKCS#10 request; `public-key`: a SubjectPublicKeyInfo. */
  readonly kind: "csr" | "public-key";
  /** The DER as it stands in the token. */
  readonly der: Uint8Array;
  /** 9 for a request, 8 for a public key. */
  readonly messageType: number;
  readonly deviceUuid: DeviceUuid;
  /** The security tag of the new key, 0 to 4294967295. */
  readonly secTag: number;
  /** The tag as the token spells it (CBOR). */
  readonly rawSecTag: Uint8Array;
  /** SHA-256 of the DER as the modem made it, lower-case hex; see {@link hashMatches}. */
  readonly sha256: string;
  readonly nonce: Uint8Array;
  readonly cose: CoseSign1;
  /** What may have been signed (protocol.md 7.3): with the DER as external data, and without. A verifier tries both. */
  readonly signatureInputs: readonly Uint8Array[];
};

const SELF_DESCRIBE_TAG = 55_799;
const UUID_BYTES = 16;
const HASH_BYTES = 32;
const MESSAGE_KINDS: Readonly<Record<number, KeygenToken["kind"]>> = { 8: "public-key", 9: "csr" };

/**
 * Reads a KEYGEN token (`AT%KEYGEN`): its structure, not the DER within.
 * @throws StationError provisioning.token-malformed
 */
export function parseKeygenToken(token: string): KeygenToken {
  const kind = "KEYGEN token";
  const [der, signed] = tokenParts(kind, token, 2);
  if (der === undefined || signed === undefined) throw tokenMalformed(kind, "two parts");
  const cose = parseCoseSign1(kind, signed);
  const { payload } = cose;
  if (payload === undefined) throw tokenMalformed(kind, "a signature with payload");
  const signatureInputs = [
    coseSignatureInput(cose, der, payload),
    coseSignatureInput(cose, new Uint8Array(0), payload),
  ];
  return { der, cose, signatureInputs, ...readPayload(payload) };
}

/** Whether the DER in the token is the one that the modem made; false as well after a normalisation on the way (protocol.md 7.3). */
export function hashMatches(token: KeygenToken, sha256: Sha256): boolean {
  return sha256(token.der) === token.sha256;
}

function readPayload(payload: Uint8Array): Omit<KeygenToken, "der" | "cose" | "signatureInputs"> {
  const refuse = refuseToken("KEYGEN token", payload.length);
  const cursor = new CborCursor(payload, refuse);
  if (cursor.tag("self-describe tag") !== SELF_DESCRIBE_TAG) throw cursor.refuse("self-describe tag");
  if (cursor.countedList("signed message") !== 5) throw cursor.refuse("five elements of the message");
  const messageType = cursor.unsigned("message type");
  const kind = MESSAGE_KINDS[messageType];
  if (kind === undefined) throw cursor.refuse("message type 8 or 9");
  const deviceUuid = parseDeviceUuid(uuidText(cursor.bytes("device UUID", UUID_BYTES)));
  if (deviceUuid === undefined) throw cursor.refuse("device UUID of 16 bytes");
  const rawSecTag = cursor.bytes("security tag", 9);
  const secTag = asUnsigned(wholeInteger(rawSecTag, refuse));
  if (secTag === undefined) throw cursor.refuse("security tag of 32 bits");
  const hash = cursor.bytes("SHA-256", HASH_BYTES);
  if (hash.length !== HASH_BYTES) throw cursor.refuse("SHA-256 of 32 bytes");
  const nonce = cursor.bytes("nonce", UUID_BYTES);
  if (nonce.length !== UUID_BYTES) throw cursor.refuse("nonce of 16 bytes");
  cursor.end("nothing behind the message");
  return { kind, messageType, deviceUuid, secTag, rawSecTag, sha256: toHex(hash), nonce };
}

/** Tags above 2^31 - 1 are written as negative numbers, two's complement (protocol.md 7.3). */
function asUnsigned(tag: number): number | undefined {
  if (tag < -(2 ** 31) || tag >= 2 ** 32) return undefined;
  return tag < 0 ? tag + 2 ** 32 : tag;
}
