import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { CREDENTIAL_TYPE } from "./credential.ts";
import type { ModemState } from "./modem-state.ts";

/** CME codes of the credential commands (at.md 7). */
export const CME = {
  badParameters: 50,
  notFound: 513,
  noAccess: 514,
  memoryFull: 515,
  active: 518,
  exists: 519,
  keyGenerationFailed: 523,
  jwtFailed: 525,
  invalidContent: 527,
} as const;

/** The largest tag of the user's own range. */
const LAST_USER_TAG = 0x7fff_ffff;
/** The largest of the 20 tags whose TLS traffic Nordic's tools can decrypt; nRF91x1 only. */
const LAST_TEST_TAG = LAST_USER_TAG + 20;

/** Whether a user may change what is under a tag. */
export function isUserTag(modem: ModemState, tag: number): boolean {
  return tag <= LAST_USER_TAG || (modem.traits.facts.x1 && tag <= LAST_TEST_TAG);
}

const WRITABLE = new Set<number>([
  CREDENTIAL_TYPE.rootCa,
  CREDENTIAL_TYPE.clientCertificate,
  CREDENTIAL_TYPE.clientKey,
  CREDENTIAL_TYPE.psk,
  CREDENTIAL_TYPE.pskIdentity,
  CREDENTIAL_TYPE.authenticationKey,
  CREDENTIAL_TYPE.ownershipKey,
  CREDENTIAL_TYPE.assetKey,
]);

const READABLE = new Set<number>([
  CREDENTIAL_TYPE.rootCa,
  CREDENTIAL_TYPE.pskIdentity,
  CREDENTIAL_TYPE.authenticationKey,
  CREDENTIAL_TYPE.identityPublicKey,
]);

const KNOWN = new Set<number>([...Object.values(CREDENTIAL_TYPE), 7]);

/** Whether a number names a credential type at all. */
export function isKnownType(type: number): boolean {
  return KNOWN.has(type);
}

/** Whether a user may write a type. */
export function isWritableType(type: number): boolean {
  return WRITABLE.has(type);
}

/** Whether the content of a type can be read back; private keys, client certificates and PSKs cannot. */
export function isReadableType(type: number): boolean {
  return READABLE.has(type);
}

/** Whether a content can be what its type says: parsable PEM, or hex for a PSK. Encrypted keys are taken as they are. */
export function isValidContent(type: number, content: Uint8Array): boolean {
  const text = Buffer.from(content).toString("latin1");
  switch (type) {
    case CREDENTIAL_TYPE.rootCa:
    case CREDENTIAL_TYPE.clientCertificate:
      return parses(() => new X509Certificate(Buffer.from(content)));
    case CREDENTIAL_TYPE.clientKey:
      return text.includes("ENCRYPTED PRIVATE KEY") || parses(() => createPrivateKey(text));
    case CREDENTIAL_TYPE.authenticationKey:
      return parses(() => createPublicKey(text));
    case CREDENTIAL_TYPE.psk:
      return text.length % 2 === 0 && /^[0-9a-f]+$/i.test(text);
    default:
      return true;
  }
}

function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
