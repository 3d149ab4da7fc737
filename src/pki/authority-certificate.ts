import { createHash, X509Certificate, type KeyObject } from "node:crypto";
import type { Instant } from "../core/clock.ts";
import { DER, DerReader, type DerElement } from "../core/der-reader.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { pemText } from "./x509-writer.ts";

/** The certificate of a CA, as it is needed for signing under its name. */
export type AuthorityCertificate = {
  readonly pem: string;
  /** SHA-256 of its DER, lower-case hex: what the record knows the CA by. */
  readonly sha256: string;
  /** Its subject as DER, the issuer of what it signs; and as text on one line. */
  readonly subject: Uint8Array;
  readonly subjectText: string;
  /** Its subject key identifier. */
  readonly keyId: Uint8Array;
  readonly publicKey: KeyObject;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
};

/** The longest chain of a CA up to its root. */
const MOST_CERTIFICATES = 8;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const KEY_CERT_SIGN = 0x04;
const OID = { subjectKeyId: "551d0e", keyUsage: "551d0f", basicConstraints: "551d13" } as const;

const reader = new DerReader(
  (what, offset) =>
    new StationError("pki.authority-unreadable", `the CA's certificate has no ${what}`, {
      offset: quantity(offset, "bytes"),
    }),
);

/**
 * Reads a CA's certificate and the ones behind it that lead to its root: each is a CA that may sign, signed by the next, and long
 * enough paths are allowed. `text` is the file's PEM.
 * @returns the CA itself first
 * @throws StationError pki.authority-unreadable, pki.authority-unfit
 */
export function readAuthorityChain(text: string): readonly [AuthorityCertificate, ...AuthorityCertificate[]] {
  const pems = text.match(CERTIFICATE) ?? [];
  if (pems.length > MOST_CERTIFICATES)
    throw new StationError("pki.authority-unreadable", "the file holds too many certificates", {
      ...{ found: pems.length, limit: quantity(MOST_CERTIFICATES, "items") },
    });
  const certificates = pems.map(certificateOf);
  for (const [index, certificate] of certificates.entries()) {
    const next = certificates[index + 1];
    if (next !== undefined && !isSignedBy(certificate, next))
      throw unfit("it is not signed by the one behind it in the file", certificate);
  }
  const [first, ...rest] = certificates.map((certificate, below) => authorityOf(certificate, below));
  if (first === undefined) throw new StationError("pki.authority-unreadable", "the file holds no certificate as PEM");
  return [first, ...rest];
}

/** @throws StationError pki.authority-expired when the CA is not valid at the time */
export function checkValidity({ notBefore, notAfter, subjectText }: AuthorityCertificate, now: Instant): void {
  if (now >= notBefore && now < notAfter) return;
  throw new StationError("pki.authority-expired", "the CA's certificate is not valid now", {
    ...{ authority: subjectText, from: shownTime(notBefore), to: shownTime(notAfter) },
  });
}

function shownTime(instant: Instant): string {
  return new Date(instant).toISOString();
}

function certificateOf(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new StationError("pki.authority-unreadable", "a certificate of the CA cannot be read", {}, { cause });
  }
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/** @param below CAs between this one and what is signed */
function authorityOf(certificate: X509Certificate, below: number): AuthorityCertificate {
  const parts = partsOf(certificate.raw);
  const usage = extensionOf(parts.extensions, OID.keyUsage);
  if (usage !== undefined && !maySign(usage)) throw unfit("its key usage does not allow it to sign", certificate);
  const constraints = extensionOf(parts.extensions, OID.basicConstraints);
  if (!certificate.ca || constraints === undefined) throw unfit("it is not the certificate of a CA", certificate);
  const pathLength = pathLengthOf(constraints);
  if (pathLength !== undefined && pathLength < below) throw unfit("its path length is too short", certificate);
  const own = extensionOf(parts.extensions, OID.subjectKeyId);
  return {
    pem: pemText("CERTIFICATE", certificate.raw),
    sha256: createHash("sha256").update(certificate.raw).digest("hex"),
    subject: parts.subject.whole,
    subjectText: oneLine(certificate.subject),
    keyId: own === undefined ? keyIdOf(parts.publicKey.whole) : reader.whole(own, DER.octetString, "key id").content,
    publicKey: publicKeyOf(certificate),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
}

/** The identifier of a key: SHA-1 of its bits (RFC 5280 4.2.1.2). @param publicKey SubjectPublicKeyInfo as DER */
export function keyIdOf(publicKey: Uint8Array): Uint8Array {
  const parts = reader.elements(reader.whole(publicKey, DER.sequence, "public key").content, "public key");
  const bits = reader.at(parts, 1, DER.bitString, "public key").content.subarray(1);
  return createHash("sha1").update(bits).digest();
}

type Parts = {
  readonly subject: DerElement;
  readonly publicKey: DerElement;
  readonly extensions: readonly DerElement[];
};

/** The fields behind the version, which certificates with extensions have. */
function partsOf(certificate: Uint8Array): Parts {
  const whole = reader.elements(reader.whole(certificate, DER.sequence, "content").content, "content");
  const fields = reader.elements(reader.at(whole, 0, DER.sequence, "content").content, "content");
  const extensions = fields.find(({ tag }) => tag === DER.extensions);
  const list = extensions === undefined ? undefined : reader.whole(extensions.content, DER.sequence, "extensions");
  return {
    subject: reader.at(fields, 5, DER.sequence, "subject"),
    publicKey: reader.at(fields, 6, DER.sequence, "public key"),
    extensions: list === undefined ? [] : reader.elements(list.content, "extensions"),
  };
}

/** The value of an extension. */
function extensionOf(extensions: readonly DerElement[], oid: string): Uint8Array | undefined {
  for (const extension of extensions) {
    const parts = reader.elements(extension.content, "extension");
    if (Buffer.from(reader.at(parts, 0, DER.oid, "extension").content).toString("hex") !== oid) continue;
    return reader.at(parts, parts.length - 1, DER.octetString, "extension").content;
  }
  return undefined;
}

function pathLengthOf(constraints: Uint8Array): number | undefined {
  const parts = reader.elements(reader.whole(constraints, DER.sequence, "basic constraints").content, "constraints");
  return parts.find(({ tag }) => tag === DER.integer)?.content.reduce((sum, byte) => sum * 256 + byte, 0);
}

function maySign(usage: Uint8Array): boolean {
  return ((reader.whole(usage, DER.bitString, "key usage").content[1] ?? 0) & KEY_CERT_SIGN) !== 0;
}

function publicKeyOf(certificate: X509Certificate): KeyObject {
  try {
    return certificate.publicKey;
  } catch (cause) {
    throw new StationError("pki.authority-unreadable", "the CA's public key cannot be read", {}, { cause });
  }
}

function unfit(why: string, certificate: X509Certificate): StationError {
  return new StationError("pki.authority-unfit", "the CA's certificate may not sign", {
    ...{ why, certificate: oneLine(certificate.subject) },
  });
}

function oneLine(name: string): string {
  return name.replaceAll("\n", ",").slice(0, 300);
}
