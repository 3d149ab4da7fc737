import { createHash } from "node:crypto";
import { StationError } from "../../core/error.ts";
import { readCertificate, type Certificate } from "./certificate.ts";
import { certificatesOfPem } from "./pem.ts";

/** A certificate that is trusted because a person put it into the profile. */
export type CertificateAnchor = Certificate;

/** The trusted certificates of a PEM text. @throws StationError `transport.bad-ca` when there is none or one cannot be read */
export function readAnchors(pem: string): readonly CertificateAnchor[] {
  const certificates = certificatesOfPem(pem);
  if (certificates.length === 0) throw new StationError("transport.bad-ca", "the CA holds no certificate");
  try {
    return certificates.map(readCertificate);
  } catch (cause) {
    throw new StationError("transport.bad-ca", "a certificate of the CA cannot be read", {}, { cause });
  }
}

/** What stands for a set of anchors in the key of a session: SHA-256 over them in their order, hex. */
export function anchorsDigest(anchors: readonly CertificateAnchor[]): string {
  const hash = createHash("sha256");
  for (const { der } of anchors) hash.update(createHash("sha256").update(der).digest());
  return hash.digest("hex");
}
