import { createCipheriv, timingSafeEqual } from "node:crypto";
import { joined, uint } from "../bytes.ts";

/** What CCM works on; `key` of 16 or 32 bytes, `nonce` of 7 to 13, `aad` below 65,280 bytes, `tagLength` even, 4 to 16. */
export type CcmInput = {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
  readonly tagLength: number;
};

const BLOCK = 16;
const HAS_AAD = 0x40;

/**
 * AES-CCM (RFC 3610) out of AES-CBC and AES-CTR, as Electron's crypto has no `aes-*-ccm`.
 * @returns the ciphertext with the tag behind it
 */
export function ccmSeal(input: CcmInput, plain: Uint8Array): Uint8Array {
  const mac = cbcMac(input, plain);
  const stream = counterMode(input, joined(mac, plain));
  return joined(stream.subarray(BLOCK), stream.subarray(0, input.tagLength));
}

/** The plaintext, or undefined when the tag does not fit; the comparison takes the same time wherever tags differ. */
export function ccmOpen(input: CcmInput, sealed: Uint8Array): Uint8Array | undefined {
  const length = sealed.length - input.tagLength;
  if (length < 0) return undefined;
  const stream = counterMode(input, joined(new Uint8Array(BLOCK), sealed.subarray(0, length)));
  const plain = stream.subarray(BLOCK);
  const tag = cbcMac(input, plain)
    .subarray(0, input.tagLength)
    .map((byte, index) => byte ^ (stream[index] ?? 0));
  return timingSafeEqual(tag, sealed.subarray(length)) ? plain : undefined;
}

/** RFC 3610 section 2.2: the last block of CBC over flags, nonce, length, additional data and message. */
function cbcMac({ key, nonce, aad, tagLength }: CcmInput, plain: Uint8Array): Uint8Array {
  const lengthSize = BLOCK - 1 - nonce.length;
  const flags = (aad.length > 0 ? HAS_AAD : 0) | (((tagLength - 2) / 2) << 3) | (lengthSize - 1);
  const length = joined(new Uint8Array(Math.max(0, lengthSize - 6)), uint(plain.length, Math.min(lengthSize, 6)));
  const head = joined(Uint8Array.of(flags), nonce, length);
  const additional = aad.length > 0 ? padded(joined(uint(aad.length, 2), aad)) : aad;
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, new Uint8Array(BLOCK)).setAutoPadding(false);
  return cipher.update(joined(head, additional, padded(plain))).subarray(-BLOCK);
}

/** RFC 3610 section 2.3: the key stream, whose first block hides the tag. */
function counterMode({ key, nonce }: CcmInput, data: Uint8Array): Uint8Array {
  const lengthSize = BLOCK - 1 - nonce.length;
  const start = joined(Uint8Array.of(lengthSize - 1), nonce, new Uint8Array(lengthSize));
  return createCipheriv(`aes-${key.length * 8}-ctr`, key, start).update(data);
}

function padded(bytes: Uint8Array): Uint8Array {
  return joined(bytes, new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK));
}
