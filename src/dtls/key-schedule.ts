import { createHmac } from "node:crypto";
import { joined } from "./bytes.ts";
import type { DirectionKeys } from "./record/protection.ts";
import type { Suite } from "./suite.ts";

const MASTER_LENGTH = 48;
const VERIFY_LENGTH = 12;
const SALT_LENGTH = 4;

/** The pseudo-random function of TLS 1.2 (RFC 5246 section 5): `length` bytes out of secret, label and seed. */
export function prf(
  hash: Suite["hash"],
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const hmac = (data: Uint8Array): Uint8Array => createHmac(hash, secret).update(data).digest();
  const labelled = joined(new TextEncoder().encode(label), seed);
  const parts: Uint8Array[] = [];
  let chain = labelled;
  for (let made = 0; made < length; made += parts.at(-1)?.length ?? length) {
    chain = hmac(chain);
    parts.push(hmac(joined(chain, labelled)));
  }
  return joined(...parts).subarray(0, length);
}

/**
 * The extended master secret (RFC 7627 section 4), 48 bytes.
 * @param sessionHash of the messages from ClientHello to ClientKeyExchange
 */
export function extendedMasterSecret(suite: Suite, preMaster: Uint8Array, sessionHash: Uint8Array): Uint8Array {
  return prf(suite.hash, preMaster, "extended master secret", sessionHash, MASTER_LENGTH);
}

/** The keys of both directions (RFC 5246 section 6.3); AEAD suites have no MAC keys. */
export function expandKeys(
  suite: Suite,
  master: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): { readonly client: DirectionKeys; readonly server: DirectionKeys } {
  const { keyLength } = suite;
  const length = 2 * (keyLength + SALT_LENGTH);
  const block = prf(suite.hash, master, "key expansion", joined(serverRandom, clientRandom), length);
  const part = (from: number, count: number): Uint8Array => Uint8Array.from(block.subarray(from, from + count));
  const keys = {
    client: { key: part(0, keyLength), salt: part(2 * keyLength, SALT_LENGTH) },
    server: { key: part(keyLength, keyLength), salt: part(2 * keyLength + SALT_LENGTH, SALT_LENGTH) },
  };
  block.fill(0);
  return keys;
}

/** The content of a Finished message (RFC 5246 section 7.4.9), 12 bytes. @param transcriptHash of all messages before it */
export function verifyData(
  suite: Suite,
  master: Uint8Array,
  side: "client" | "server",
  transcriptHash: Uint8Array,
): Uint8Array {
  return prf(suite.hash, master, `${side} finished`, transcriptHash, VERIFY_LENGTH);
}
