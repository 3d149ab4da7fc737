import { createHash, X509Certificate, type KeyObject } from "node:crypto";
import type { Instant } from "../../core/clock.ts";
import { sameBytes } from "../bytes.ts";
import { readCertificateFacts, type CertificateFacts } from "./certificate-facts.ts";
import { malformed } from "./der-reader.ts";

/** A certificate with everything that the checks look at. */
export type Certificate = {
  readonly der: Uint8Array;
  readonly x509: X509Certificate;
  readonly facts: CertificateFacts;
  /** Undefined when its kind is not known to node:crypto. */
  readonly publicKey: KeyObject | undefined;
  readonly from: Instant;
  readonly to: Instant;
  /** One line each, for errors and comparison. */
  readonly subject: string;
  readonly issuer: string;
};

const SHOWN_NAME = 200;

/** Reads a certificate. @throws StationError `dtls.certificate-malformed` */
export function readCertificate(der: Uint8Array): Certificate {
  const x509 = parsed(der);
  // node:crypto takes PEM as well, and bytes behind the certificate
  if (!sameBytes(x509.raw, der)) throw malformed("bytes that are not of the certificate");
  // Electron 33 has no validFromDate
  const from = Date.parse(x509.validFrom);
  const to = Date.parse(x509.validTo);
  if (Number.isNaN(from) || Number.isNaN(to)) throw malformed("dates that cannot be read");
  const { subject, issuer } = x509;
  return { der, x509, facts: readCertificateFacts(der), publicKey: publicKeyOf(x509), from, to, subject, issuer };
}

/** A certificate's name as facts show it. */
export function shownName(name: string): string {
  return name.replaceAll("\n", ", ").slice(0, SHOWN_NAME);
}

/** SHA-256 of the certificate, lower-case hex. */
export function fingerprintOf(certificate: Certificate): string {
  return createHash("sha256").update(certificate.der).digest("hex");
}

function parsed(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw malformed("it is no certificate", cause);
  }
}

function publicKeyOf(x509: X509Certificate): KeyObject | undefined {
  try {
    return x509.publicKey;
  } catch {
    return undefined;
  }
}
