import type { Fact } from "../core/fact.ts";
import { StationError } from "../core/error.ts";

type Shape = { readonly name: string; readonly pattern: RegExp };

/**
 * What a secret looks like in a record: searched in the canonical JSON with all white space and escaped line ends
 * taken out, so that a secret broken over lines is found too. Every repetition is bounded: hostile text costs little.
 */
const SHAPES: readonly Shape[] = [
  { name: "private key (PEM)", pattern: /BEGIN[A-Z0-9]{0,24}PRIVATEKEY/ },
  // PKCS #8 and SEC 1 keys on P-256, PKCS #8 RSA keys: the first bytes as base64 and as hex.
  {
    name: "private key (DER)",
    pattern: /MIG[A-Z]AgEAMBMGByqGSM49|MEECAQAwEwYHKoZIzj0|MHcCAQEEI|IBADANBgkqhkiG9w0BAQEFAASC/,
  },
  { name: "private key (hex)", pattern: /(?:3077020101|3081[0-9a-f]{2}020100301306072a8648ce3d0201)[0-9a-f]{4}/i },
  { name: "private key (JWK)", pattern: /"d\\{0,3}":\\{0,3}"[A-Za-z0-9_-]{40}/ },
  { name: "signed JWT", pattern: /eyJ[A-Za-z0-9_-]{8,1000}\.[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{32}/ },
  // CBOR tag 55799, as every attestation token of the modem begins (protocol.md 7.4).
  { name: "attestation token", pattern: /2dn3[A-Za-z0-9_-]{40,1000}\.[A-Za-z0-9_-]{40}/ },
  { name: "bearer token", pattern: /Authorization\\{0,3}"?:\\{0,3}"?(?:Bearer|Basic)[A-Za-z0-9._~+/=-]{8}/i },
  // AT%CMNG writing a private key (2) or PSK (3) with its content instead of its digest (at.md 4).
  { name: "credential in a command", pattern: /%CMNG=?0,\d{1,10},[23],\\{0,3}"(?!\[?sha256)/i },
];

/**
 * The last line of defence before a record is written: redaction has happened earlier.
 * @param text canonical JSON or plain text of what is about to be stored
 * @param facts names the record in the error
 * @throws StationError audit.secret that names the kind of secret, never the secret
 */
export function refuseSecrets(text: string, facts: Readonly<Record<string, Fact>>): void {
  const joined = text.replaceAll(/\\+[rnt]|\s+/g, "");
  for (const { name, pattern } of SHAPES)
    if (pattern.test(joined))
      throw new StationError("audit.secret", "the record holds a secret", { ...facts, found: name });
}
