import { createCipheriv, createDecipheriv, type CipherGCMTypes } from "node:crypto";
import { joined } from "../bytes.ts";
import type { Suite } from "../suite.ts";
import { ccmOpen, ccmSeal } from "./ccm.ts";

/** Encrypts and authenticates under a suite; `nonce` has 12 bytes. @returns the ciphertext with the tag behind it */
export function seal(suite: Suite, key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): Uint8Array {
  if (suite.aead === "ccm") return ccmSeal({ key, nonce, aad, tagLength: suite.tagLength }, plain);
  const cipher = createCipheriv(gcmOf(suite), key, nonce, { authTagLength: suite.tagLength });
  cipher.setAAD(aad);
  return joined(cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

/** The plaintext, or undefined when it is not authentic. */
export function open(
  suite: Suite,
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (suite.aead === "ccm") return ccmOpen({ key, nonce, aad, tagLength: suite.tagLength }, sealed);
  const length = sealed.length - suite.tagLength;
  if (length < 0) return undefined;
  const decipher = createDecipheriv(gcmOf(suite), key, nonce, { authTagLength: suite.tagLength });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(length));
  const plain = decipher.update(sealed.subarray(0, length));
  try {
    return joined(plain, decipher.final());
  } catch {
    return undefined;
  }
}

function gcmOf(suite: Suite): CipherGCMTypes {
  return suite.keyLength === 16 ? "aes-128-gcm" : "aes-256-gcm";
}
