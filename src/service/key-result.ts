import { createHash } from "node:crypto";
import { parseKeygenToken, hashMatches, type KeygenToken } from "../provisioning/keygen-token.ts";
import { normalisedRequest, parseSigningRequest } from "../provisioning/signing-request.ts";
import { pemText } from "../pki/x509-writer.ts";
import { verifies, type Spki } from "./public-key.ts";
import type { RequestRecord } from "./request-record.ts";

/** What a KEYGEN result gives the owner, or why it cannot be trusted. */
export type KeyResult =
  { readonly ok: true; readonly decoded: RequestRecord } | { readonly ok: false; readonly reason: string };

const REPLY = /%KEYGEN: ?"([^"\r\n]{1,4095})"/;

/**
 * Takes the modem's answer to %KEYGEN apart (protocol.md 7.3). Refused: an answer without token, a token of another device, a
 * DER that does not have the digest that was signed. `signatureVerified` tells whether the device's identity key signed it; it is
 * false as well for firmware whose signature input nobody knows yet (open-questions.md Q8), so it refuses nothing.
 * `csr` (or `publicKey`) and `message` are the token, as the vendor's scripts read it; `pem` is for people and other tools.
 * @param spki the pinned key of the device
 */
export function judgeKeyResult(message: string, uuid: string, spki: Spki | undefined): KeyResult {
  const text = REPLY.exec(message)?.[1];
  if (text === undefined) return { ok: false, reason: "the modem's answer holds no %KEYGEN token" };
  try {
    const token = parseKeygenToken(text);
    if (token.deviceUuid !== uuid) return { ok: false, reason: "the %KEYGEN token is another device's" };
    const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
    if (!hashMatches(token, digest))
      return { ok: false, reason: "the key in the %KEYGEN token does not have the digest that the modem signed" };
    return { ok: true, decoded: decodedOf(token, text, spki) };
  } catch {
    return { ok: false, reason: "the %KEYGEN token cannot be read" };
  }
}

function decodedOf(token: KeygenToken, text: string, spki: Spki | undefined): RequestRecord {
  const common = {
    message: text,
    secTag: token.secTag,
    sha256: token.sha256,
    signatureVerified:
      spki !== undefined && token.signatureInputs.some((input) => verifies(spki, input, token.cose.signature)),
  };
  if (token.kind === "public-key") return { ...common, publicKey: text, pem: pemText("PUBLIC KEY", token.der) };
  const request = parseSigningRequest(token.der);
  return {
    ...common,
    csr: text,
    subject: request.subject,
    pem: pemText("CERTIFICATE REQUEST", normalisedRequest(token.der)),
    publicKeyPem: pemText("PUBLIC KEY", request.publicKey),
  };
}
