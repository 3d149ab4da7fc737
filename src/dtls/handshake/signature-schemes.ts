import { sign, verify, type KeyObject } from "node:crypto";

/** A signature algorithm of TLS 1.2: hash and key type (RFC 5246 section 7.4.1.4.1, numbers of RFC 8446 section 4.2.3). */
export type SignatureScheme = {
  readonly id: number;
  readonly hash: "sha256" | "sha384" | "sha512";
  readonly key: "ec" | "rsa";
};

/**
 * What the client offers, best first. The RSA ones are for signatures on certificates; a ServerKeyExchange is always
 * signed with ECDSA, as all suites want it. SHA-1 is not among them.
 */
export const SIGNATURE_SCHEMES: readonly SignatureScheme[] = [
  { id: 0x0403, hash: "sha256", key: "ec" },
  { id: 0x0503, hash: "sha384", key: "ec" },
  { id: 0x0603, hash: "sha512", key: "ec" },
  { id: 0x0401, hash: "sha256", key: "rsa" },
  { id: 0x0501, hash: "sha384", key: "rsa" },
  { id: 0x0601, hash: "sha512", key: "rsa" },
  { id: 0x0804, hash: "sha256", key: "rsa" },
  { id: 0x0805, hash: "sha384", key: "rsa" },
  { id: 0x0806, hash: "sha512", key: "rsa" },
];

/** The ECDSA scheme of a number, or undefined when it was not offered or is for another kind of key. */
export function ecdsaSchemeOf(id: number): SignatureScheme | undefined {
  return SIGNATURE_SCHEMES.find((scheme) => scheme.id === id && scheme.key === "ec");
}

/** The scheme that a server with a key on `curve` takes out of a client's offer, or undefined when none fits. */
export function chooseScheme(offered: readonly number[], curve: string): SignatureScheme | undefined {
  const fitting = curve === "secp384r1" ? 0x0503 : 0x0403;
  const preferred = [fitting, ...SIGNATURE_SCHEMES.filter(({ key }) => key === "ec").map(({ id }) => id)];
  const chosen = preferred.find((id) => offered.includes(id));
  return chosen === undefined ? undefined : ecdsaSchemeOf(chosen);
}

/** An ECDSA signature in DER form. */
export function signWith(scheme: SignatureScheme, key: KeyObject, data: Uint8Array): Uint8Array {
  return sign(scheme.hash, data, key);
}

/** Whether an ECDSA signature fits data and key; malformed ones do not. */
export function isSignedBy(scheme: SignatureScheme, key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(scheme.hash, data, key, signature);
  } catch {
    return false;
  }
}
