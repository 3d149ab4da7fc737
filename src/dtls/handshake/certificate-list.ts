import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { ByteReader, vector } from "../bytes.ts";

/** Most certificates that a peer may send. */
export const CHAIN_LIMIT = 10;

/**
 * The certificates of a Certificate message, DER, leaf first (RFC 5246 section 7.4.2).
 * @throws StationError `dtls.protocol`, `dtls.certificate-missing`, `dtls.certificate-chain-too-long`
 */
export function parseCertificateList(bytes: Uint8Array): readonly Uint8Array[] {
  const reader = new ByteReader(bytes, "Certificate");
  const list = new ByteReader(reader.vector(3, 0, bytes.length), "Certificate");
  reader.end();
  const certificates: Uint8Array[] = [];
  while (list.left > 0) {
    if (certificates.length === CHAIN_LIMIT)
      throw new StationError("dtls.certificate-chain-too-long", "too many certificates", {
        limit: quantity(CHAIN_LIMIT, "items"),
      });
    certificates.push(Uint8Array.from(list.vector(3, 1, bytes.length)));
  }
  if (certificates.length === 0) throw new StationError("dtls.certificate-missing", "the server sent no certificate");
  return certificates;
}

/** A Certificate message's bytes. */
export function encodeCertificateList(certificates: readonly Uint8Array[]): Uint8Array {
  return vector(3, ...certificates.map((certificate) => vector(3, certificate)));
}
