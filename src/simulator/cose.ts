import { Encoder, Tag } from "cbor-x";
import { sha256, signRaw, type P256Key } from "./p256.ts";

/** What surrounds the payload in a KEYGEN token's signature input: nothing, or the DER as additional data (protocol.md 7.3). */
export type KeygenSignature = "aad-empty" | "aad-der";

/** The content of an attestation token. */
export type AttestationParts = {
  readonly uuid: Uint8Array;
  readonly deviceType: number;
  readonly firmwareUuid: Uint8Array;
  /** 16 bytes: random, or the challenge that was asked for. */
  readonly nonce: Uint8Array;
};

/** The content of a KEYGEN token. */
export type KeygenParts = {
  readonly uuid: Uint8Array;
  readonly content: "csr" | "public-key";
  /** The request or the public key. */
  readonly der: Uint8Array;
  readonly tag: number;
  readonly nonce: Uint8Array;
  readonly signature: KeygenSignature;
};

const SELF_DESCRIBED = 55799;
const COSE_SIGN1 = 18;
const PROTECTED_ES256 = Buffer.from("a10126", "hex");
const IDENTITY_KEY_ID = Buffer.from("21", "hex");
const NOTHING = Buffer.alloc(0);
const MESSAGE_TYPE = { attestation: 1, "public-key": 8, csr: 9 } as const;

const cbor = new Encoder({ useRecords: false, mapsAsObjects: false, tagUint8Array: false });

/**
 * The attestation token (protocol.md 7.2): the message is the external additional data, the payload is null.
 * @returns `<message>.<COSE_Sign1>`, both base64url without padding; 180 characters
 */
export function attestationToken(key: P256Key, parts: AttestationParts): string {
  const { uuid, deviceType, firmwareUuid, nonce } = parts;
  const fields = [MESSAGE_TYPE.attestation, bytes(uuid), deviceType, bytes(firmwareUuid), bytes(nonce)];
  const message = cbor.encode(new Tag(fields, SELF_DESCRIBED));
  return joined(message, sign1(key, message, null));
}

/**
 * The KEYGEN token (protocol.md 7.3).
 * @returns `<DER>.<COSE_Sign1>`, both base64url without padding
 */
export function keygenToken(key: P256Key, parts: KeygenParts): string {
  const { uuid, content, der, tag, nonce } = parts;
  const fields = [MESSAGE_TYPE[content], bytes(uuid), cborTag(tag), bytes(sha256(der)), bytes(nonce)];
  const payload = cbor.encode(new Tag(fields, SELF_DESCRIBED));
  return joined(der, sign1(key, parts.signature === "aad-der" ? der : NOTHING, payload));
}

function sign1(key: P256Key, aad: Uint8Array, payload: Uint8Array | null): Uint8Array {
  const carried = payload === null ? null : bytes(payload);
  const input = cbor.encode(["Signature1", PROTECTED_ES256, bytes(aad), carried]);
  const unprotected = new Map([[4, IDENTITY_KEY_ID]]);
  return cbor.encode(new Tag([PROTECTED_ES256, unprotected, carried, bytes(signRaw(key, input))], COSE_SIGN1));
}

// The security tag is CBOR inside a byte string; above 2^31 - 1 it appears as the negative number of the same 32 bits.
function cborTag(tag: number): Buffer {
  return bytes(cbor.encode(tag > 0x7fff_ffff ? tag - 0x1_0000_0000 : tag));
}

function bytes(data: Uint8Array): Buffer {
  return Buffer.from(data);
}

function joined(first: Uint8Array, second: Uint8Array): string {
  return `${bytes(first).toString("base64url")}.${bytes(second).toString("base64url")}`;
}
