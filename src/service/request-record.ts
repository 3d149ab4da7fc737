import { createHash } from "node:crypto";
import type { OwnerRequest } from "../contract/owner-api.ts";
import { redact, type Redacted } from "../core/digest.ts";

/** An owner's request as it is kept and shown: what may be secret in it became digest and length. */
export type RequestRecord = Readonly<Record<string, unknown>>;

/** The request without its secrets. The parameters of AT commands may be anything, so they are never kept. */
export function recordOf(request: OwnerRequest): RequestRecord {
  if (request.kind === "clientPrivateKey") {
    const { secTag, content, password } = request.options;
    const kept = { secTag, content: digestOf(content) };
    return { clientPrivateKey: password === undefined ? kept : { ...kept, password: digestOf(password) } };
  }
  if (request.kind === "preSharedKey") {
    const { secTag, identity, secret } = request.options;
    return { preSharedKey: { secTag, identity, secret: digestOf(secret) } };
  }
  if (request.kind === "atCommand")
    return { atCommand: { ...request.options, parameters: digestOf(request.options.parameters) } };
  return { [request.kind]: request.options };
}

/** Whether a request is known to bring a secret along, which must not outlive its delivery and so has no place in a rule. */
export function carriesSecret(request: OwnerRequest): boolean {
  if (request.kind === "atCommand")
    return SECRET_AT.test(`${request.options.command.toUpperCase()}=${request.options.parameters}`);
  return request.kind === "clientPrivateKey" || request.kind === "preSharedKey";
}

/** AT commands that carry keys or codes: %CMNG writes other than certificates and identities (at.md 4), and their like. */
const SECRET_AT = /^(?:%CMNG=\s*0\s*,\s*\d+\s*,\s*(?![014]\s*,)|%KEYINJECT=|%XSUDO=|%XPMNG=|\+CPIN=|\+CLCK=|\+CPWD=)/;

function digestOf(text: string): Redacted {
  return redact(text, (bytes) => createHash("sha256").update(bytes).digest("hex"));
}
