import type { AuthorityCertificate } from "./authority-certificate.ts";
import type { SignatureAlgorithm } from "./x509-writer.ts";

/**
 * What signs in a CA's name. The key stays behind it: in a file (file-signer.ts), or in a device that speaks PKCS#11, whose
 * `C_Sign` takes the same bytes; an ECDSA signature of such a device (r and s side by side) is put into DER by its signer.
 */
export interface CertificateSigner {
  readonly algorithm: SignatureAlgorithm;
  /** The CA first, then the certificates that lead to its root. */
  readonly chain: readonly [AuthorityCertificate, ...AuthorityCertificate[]];
  /**
   * The signature over a certificate's body as it stands in the certificate's bit string: DER of r and s, or RSA PKCS#1 v1.5.
   * @throws StationError pki.signing-failed; the signal's reason
   */
  sign(body: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
}
