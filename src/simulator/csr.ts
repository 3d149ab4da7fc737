import { der, derBits, derOid, derSequence, derSet } from "../core/der-writer.ts";
import { signDer, type P256Key } from "./p256.ts";

/** What a certificate signing request is made of. */
export type CsrParts = {
  readonly key: P256Key;
  /** The subject as DER. */
  readonly subject: Uint8Array;
  /** The key usage as text of nine bits, digitalSignature first (at.md 5). */
  readonly keyUsage: string;
  /** Whether the signature algorithm carries NULL parameters, as older modem firmware writes it (protocol.md 7.3). */
  readonly nullParameters: boolean;
};

/** The key usage text that `AT%KEYGEN` takes when none is given. */
export const DEFAULT_KEY_USAGE = "111010000";

const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const KEY_USAGE = "2.5.29.15";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const VERSION_1 = Uint8Array.of(0x02, 0x01, 0x00);
const NULL = Uint8Array.of(0x05, 0x00);

/** A signed PKCS#10 request (RFC 2986) laid out as the modem does it. */
export function makeCsr(parts: CsrParts): Uint8Array {
  const extension = derSequence(derOid(KEY_USAGE), der(0x04, keyUsageBits(parts.keyUsage)));
  const request = derSequence(derOid(EXTENSION_REQUEST), derSet(derSequence(extension)));
  const info = derSequence(VERSION_1, parts.subject, parts.key.publicDer, der(0xa0, request));
  const algorithm = derSequence(derOid(ECDSA_WITH_SHA256), ...(parts.nullParameters ? [NULL] : []));
  return derSequence(info, algorithm, derBits(signDer(parts.key, info)));
}

/** Whether a text can be a key usage: nine characters of 0 and 1. */
export function isKeyUsage(text: string): boolean {
  return /^[01]{9}$/.test(text);
}

// A named bit list drops its trailing zero bits in DER (X.690, 11.2.2).
function keyUsageBits(text: string): Uint8Array {
  const bits = text.replace(/0+$/, "");
  const octets = bits.match(/.{1,8}/g) ?? [];
  const bytes = octets.map((octet) => Number.parseInt(octet.padEnd(8, "0"), 2));
  return derBits(Uint8Array.from(bytes), (8 - (bits.length % 8)) % 8);
}
