import { createHash, X509Certificate, type KeyObject } from "node:crypto";
import type { Clock, Instant } from "../core/clock.ts";
import { minutes, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import type { RandomBytes } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import { missingField, subjectOf, type SubjectFacts } from "../core/subject-template.ts";
import { checkValidity, keyIdOf } from "./authority-certificate.ts";
import type { CertificateRequest } from "./certificate-request.ts";
import type { CertificateSigner } from "./signer.ts";
import { certificateBody, deviceExtensions, pemText, signedCertificate } from "./x509-writer.ts";

/** How a CA gives out certificates. */
export type IssueRules = {
  /** Template of the subject, see core/subject-template.ts. */
  readonly subject: string;
  readonly days: number;
};

/** A certificate that was given out. */
export type Issued = {
  readonly pem: string;
  /** SHA-256 of its DER, lower-case hex. */
  readonly sha256: string;
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
};

const DAY: Duration = minutes(24 * 60);
/** Certificates begin in the past, as the clocks of devices may lag behind. */
const HEAD_START = DAY;
const SERIAL_BYTES = 16;

/** A serial number of 16 random bytes: positive, without leading zeros, 126 bits of chance. */
export function newSerial(random: RandomBytes): Uint8Array {
  const bytes = Uint8Array.from(random(SERIAL_BYTES));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

/**
 * The subject of a unit's certificate.
 * @throws StationError pki.subject-incomplete, pki.subject-invalid
 */
export function subjectFor(template: string, facts: SubjectFacts): { readonly text: string; readonly der: Uint8Array } {
  const missing = missingField(template, facts);
  if (missing !== undefined)
    throw new StationError("pki.subject-incomplete", "the subject needs what is not known of the unit", {
      ...{ template, missing },
    });
  const subject = subjectOf(template, facts);
  if (subject === undefined)
    throw new StationError("pki.subject-invalid", "the subject cannot be written with this unit's values", {
      template,
    });
  return subject;
}

/**
 * Signs a certificate for what a request asks for: for a client of TLS, valid from a day ago, no longer than the CA itself.
 * The serial number must be on the disk before. What was signed is checked before it is given out.
 * @throws StationError pki.authority-expired, pki.subject-*, pki.signing-failed; the signal's reason
 */
export async function issueCertificate(
  signer: CertificateSigner,
  order: {
    readonly request: CertificateRequest;
    readonly serial: Uint8Array;
    readonly rules: IssueRules;
    readonly facts: SubjectFacts;
    readonly clock: Clock;
  },
  signal?: AbortSignal,
): Promise<Issued> {
  const [authority] = signer.chain;
  const { request, serial, rules, facts, clock } = order;
  const now = clock.now();
  checkValidity(authority, now);
  const subject = subjectFor(rules.subject, facts);
  const notAfter = wholeSecond(Math.min(now + rules.days * DAY, authority.notAfter));
  const body = certificateBody({
    ...{ serial, algorithm: signer.algorithm, issuer: authority.subject, subject: subject.der },
    ...{ publicKey: request.publicKey, notBefore: Math.max(now - HEAD_START, authority.notBefore), notAfter },
    extensions: deviceExtensions(keyIdOf(request.publicKey), authority.keyId),
  });
  const der = signedCertificate(body, signer.algorithm, await signer.sign(body, signal));
  checkSigned(der, signer);
  const sha256 = createHash("sha256").update(der).digest("hex");
  return { pem: pemText("CERTIFICATE", der), sha256, subject: subject.text, notAfter: isoTime(notAfter) };
}

function wholeSecond(instant: Instant): Instant {
  return Math.floor(instant / 1000) * 1000;
}

/** A key that signs wrongly must not be noticed by a unit in the field. */
function checkSigned(der: Uint8Array, { chain }: CertificateSigner): void {
  if (!isSigned(der, chain[0].publicKey))
    throw new StationError("pki.signing-failed", "the signature is not the CA's over this certificate");
}

function isSigned(der: Uint8Array, key: KeyObject): boolean {
  try {
    return new X509Certificate(der).verify(key);
  } catch {
    return false;
  }
}
