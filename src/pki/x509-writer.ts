import { isoTime } from "../core/iso-time.ts";
import type { Instant } from "../core/clock.ts";
import {
  DER_TRUE,
  der,
  derBits,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derTagged,
  derTime,
} from "../core/der-writer.ts";

/** How a CA signs; the parameters of the algorithm follow from it (RFC 5758, RFC 4055). */
export type SignatureAlgorithm = "ecdsa-sha256" | "ecdsa-sha384" | "rsa-sha256";

const ALGORITHM_OID: Readonly<Record<SignatureAlgorithm, string>> = {
  "ecdsa-sha256": "1.2.840.10045.4.3.2",
  "ecdsa-sha384": "1.2.840.10045.4.3.3",
  "rsa-sha256": "1.2.840.113549.1.1.11",
};
const NULL = Uint8Array.of(0x05, 0x00);

/** Extensions by their object identifiers (RFC 5280 4.2.1). */
export const EXTENSION = {
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** What a certificate says, whoever signs it. Names and keys are DER. */
export type CertificateBody = {
  readonly serial: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly extensions: readonly Uint8Array[];
};

/** The part of a certificate that is signed: TBSCertificate, version 3 (RFC 5280 4.1). */
export function certificateBody(body: CertificateBody): Uint8Array {
  return derSequence(
    derTagged(0, derInteger(Uint8Array.of(2))),
    derInteger(body.serial),
    algorithmOf(body.algorithm),
    body.issuer,
    derSequence(derTime(isoTime(body.notBefore)), derTime(isoTime(body.notAfter))),
    body.subject,
    body.publicKey,
    derTagged(3, derSequence(...body.extensions)),
  );
}

/** The whole certificate as DER: a signed body with its signature. */
export function signedCertificate(body: Uint8Array, algorithm: SignatureAlgorithm, signature: Uint8Array): Uint8Array {
  return derSequence(body, algorithmOf(algorithm), derBits(signature));
}

/** The extensions of a device's certificate: no CA, signs for itself, for clients of TLS. */
export function deviceExtensions(keyId: Uint8Array, authorityKeyId: Uint8Array): readonly Uint8Array[] {
  return [
    extension(EXTENSION.basicConstraints, derSequence(), true),
    extension(EXTENSION.keyUsage, derBits(Uint8Array.of(0x80), 7), true),
    extension(EXTENSION.extendedKeyUsage, derSequence(derOid(CLIENT_AUTH))),
    ...keyIds(keyId, authorityKeyId),
  ];
}

/** The extensions of a CA that signs devices and no other CA; signs lists of revoked certificates too. */
export function authorityExtensions(keyId: Uint8Array): readonly Uint8Array[] {
  return [
    extension(EXTENSION.basicConstraints, derSequence(DER_TRUE, derInteger(Uint8Array.of(0))), true),
    extension(EXTENSION.keyUsage, derBits(Uint8Array.of(0x06), 1), true),
    ...keyIds(keyId, keyId),
  ];
}

/** PEM text (RFC 7468) with lines of 64 characters and a final line feed. */
export function pemText(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** Subject and authority key identifiers. */
export function keyIds(own: Uint8Array, authority: Uint8Array): readonly Uint8Array[] {
  return [
    extension(EXTENSION.subjectKeyId, derOctets(own)),
    extension(EXTENSION.authorityKeyId, derSequence(der(0x80, authority))),
  ];
}

function algorithmOf(algorithm: SignatureAlgorithm): Uint8Array {
  const oid = derOid(ALGORITHM_OID[algorithm]);
  return algorithm === "rsa-sha256" ? derSequence(oid, NULL) : derSequence(oid);
}

/** One extension of a certificate. @param value DER of what it says */
export function extension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  return derSequence(derOid(oid), ...(critical ? [DER_TRUE] : []), derOctets(value));
}
