import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";
import { derBits, derOid, derSequence } from "../core/der-writer.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { parseSigningRequest, type SigningRequest } from "../provisioning/signing-request.ts";

/** A signing request that holds a sound key and is signed with it. */
export type CertificateRequest = {
  /** SHA-256 of its DER, lower-case hex. */
  readonly sha256: string;
  /** The key as SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** The subject that it asks for; certificates do not follow it. */
  readonly subject: string;
};

/** The longest request that is looked at; a modem's is below 600 bytes. */
export const REQUEST_LIMIT = 16_384;
/** An uncompressed point on P-256 as SubjectPublicKeyInfo: everything before its coordinates. */
const P256_HEAD = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
const P256_BYTES = 91;
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const NULL = Uint8Array.of(0x05, 0x00);
const PEM =
  /^\s*-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----\s*$/;

/**
 * Reads a signing request (PKCS#10 as PEM), hostile until proven otherwise: its key is a point on P-256, and it is signed with
 * that key's private half by ECDSA with SHA-256.
 * @throws StationError pki.request-malformed, pki.request-key, pki.request-forged
 */
export function readCertificateRequest(pem: string): CertificateRequest {
  const der = derOf(pem);
  const request = parsed(der);
  if (!Buffer.from(written(request)).equals(der))
    throw new StationError("pki.request-malformed", "the request holds more than a request does");
  const key = keyOf(request.publicKey);
  if (!isSigned(request, key))
    throw new StationError("pki.request-forged", "the request is not signed with the key that it holds");
  const { publicKey, subject } = request;
  return { sha256: createHash("sha256").update(der).digest("hex"), publicKey, subject };
}

function derOf(pem: string): Uint8Array {
  if (pem.length > REQUEST_LIMIT)
    throw new StationError("pki.request-malformed", "the request is too long", {
      ...{ length: quantity(pem.length, "characters"), limit: quantity(REQUEST_LIMIT, "characters") },
    });
  const text = PEM.exec(pem)?.[1]?.replaceAll(/\s/g, "");
  const bytes = text === undefined ? undefined : new Uint8Array(Buffer.from(text, "base64"));
  if (bytes !== undefined && bytes.length > 0 && Buffer.from(bytes).toString("base64") === text) return bytes;
  throw new StationError("pki.request-malformed", "the request is no PEM text", { expected: "CERTIFICATE REQUEST" });
}

function parsed(der: Uint8Array): SigningRequest {
  try {
    return parseSigningRequest(der);
  } catch (cause) {
    const facts = cause instanceof StationError ? cause.facts : {};
    throw new StationError("pki.request-malformed", "the request is no PKCS#10 that can be read", facts, { cause });
  }
}

/** The request as it has to be, around what is signed: bytes beside that would be under nobody's signature. */
function written({ signedInfo, signature, hasNullParameters }: SigningRequest): Uint8Array {
  const algorithm = derSequence(derOid(ECDSA_WITH_SHA256), ...(hasNullParameters ? [NULL] : []));
  return derSequence(signedInfo, algorithm, derBits(signature));
}

/** Importing it checks that the point is on the curve. */
function keyOf(publicKey: Uint8Array): KeyObject {
  const bytes = Buffer.from(publicKey);
  if (bytes.length !== P256_BYTES || !bytes.toString("hex").startsWith(P256_HEAD))
    throw new StationError("pki.request-key", "the request's key is not an uncompressed P-256 key", {
      length: quantity(bytes.length, "bytes"),
    });
  try {
    return createPublicKey({ key: bytes, format: "der", type: "spki" });
  } catch (cause) {
    throw new StationError("pki.request-key", "the request's key is no point on P-256", {}, { cause });
  }
}

function isSigned({ signedInfo, signature }: SigningRequest, key: KeyObject): boolean {
  try {
    return verify("sha256", signedInfo, { key, dsaEncoding: "der" }, signature);
  } catch {
    return false;
  }
}
