import { X509Certificate } from "node:crypto";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const LONGEST = 65_536;

/**
 * The certificates of a profile's CA file, one PEM text each: what connections are verified against, and nothing else.
 * @throws StationError transport.bad-ca when the text holds no certificate or a broken one, or is longer than 64 KiB
 */
export function certificatesOf(pem: string): readonly string[] {
  if (pem.length > LONGEST)
    throw new StationError("transport.bad-ca", "the CA file is too long", { limit: quantity(LONGEST, "characters") });
  const blocks = pem.match(PEM_BLOCK) ?? [];
  if (blocks.length === 0) throw new StationError("transport.bad-ca", "the CA file holds no certificate");
  for (const [index, block] of blocks.entries()) checkCertificate(block, index + 1);
  return blocks;
}

function checkCertificate(block: string, ordinal: number): void {
  try {
    new X509Certificate(block);
  } catch (cause) {
    throw new StationError("transport.bad-ca", "the CA file holds a broken certificate", { ordinal }, { cause });
  }
}
