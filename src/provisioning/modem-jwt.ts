import { quantity } from "../core/fact.ts";
import { parseDeviceUuid, type DeviceUuid } from "../core/ids.ts";
import { tokenMalformed, tokenParts } from "./token-parts.ts";

/** What a modem's JWT says (protocol.md 7.4). Nothing of it is verified: see {@link ModemJwt.signingInput}. */
export type ModemJwt = {
  /** Header and payload as JSON texts, with the modem's trailing spaces. */
  readonly headerText: string;
  readonly payloadText: string;
  /** SHA-256 of the signing key's SubjectPublicKeyInfo, lower-case hex; absent in tokens not made by a modem. */
  readonly kid?: string;
  /** The device of `iss`: the UUID behind its last dot. What stands before it is never compared (open-questions.md Q1). */
  readonly deviceUuid?: DeviceUuid;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly tokenId?: string;
  /** Seconds since 1970; absent when the modem had no time. */
  readonly issuedAt?: number;
  readonly expiresAt?: number;
  /** The ASCII bytes that the signature covers. */
  readonly signingInput: Uint8Array;
  /** r and s, 32 bytes each (ES256). */
  readonly signature: Uint8Array;
};

const KIND = "JWT";
const SIGNATURE_BYTES = 64;
const CLAIM_LIMIT = 512;
const KID = /^[0-9a-f]{64}$/;

/**
 * Reads a JWT made by a modem.
 * @throws StationError provisioning.token-malformed
 */
export function parseModemJwt(token: string): ModemJwt {
  const [header, payload, signature] = tokenParts(KIND, token, 3);
  if (header === undefined || payload === undefined || signature?.length !== SIGNATURE_BYTES)
    throw tokenMalformed(KIND, `a signature of ${SIGNATURE_BYTES} bytes`);
  const headerText = utf8(header, "header");
  const payloadText = utf8(payload, "payload");
  const parsedHeader = jsonObject(headerText, "header");
  const claims = jsonObject(payloadText, "payload");
  if (parsedHeader["alg"] !== "ES256") throw tokenMalformed(KIND, "alg ES256");
  if (parsedHeader["typ"] !== undefined && parsedHeader["typ"] !== "JWT") throw tokenMalformed(KIND, "typ JWT");
  const kid = textClaim(parsedHeader, "kid");
  if (kid !== undefined && !KID.test(kid)) throw tokenMalformed(KIND, "kid of 64 lower-case hex digits");
  const issuer = textClaim(claims, "iss");
  return {
    headerText,
    payloadText,
    ...present("kid", kid),
    ...present("deviceUuid", issuer === undefined ? undefined : uuidOfIssuer(issuer)),
    ...present("issuer", issuer),
    ...present("subject", textClaim(claims, "sub")),
    ...present("audience", textClaim(claims, "aud")),
    ...present("tokenId", textClaim(claims, "jti")),
    ...present("issuedAt", timeClaim(claims, "iat")),
    ...present("expiresAt", timeClaim(claims, "exp")),
    signingInput: new TextEncoder().encode(token.slice(0, token.lastIndexOf("."))),
    signature,
  };
}

/** The device UUID behind the last dot of an issuer, whatever stands before it; undefined when there is none. */
export function uuidOfIssuer(issuer: string): DeviceUuid | undefined {
  const dot = issuer.lastIndexOf(".");
  return dot <= 0 ? undefined : parseDeviceUuid(issuer.slice(dot + 1));
}

function utf8(bytes: Uint8Array, part: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw tokenMalformed(KIND, "UTF-8", { part, cause: String(cause) });
  }
}

function jsonObject(text: string, part: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text, part);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw tokenMalformed(KIND, "a JSON object", { part, length: quantity(text.length, "characters") });
  return Object.fromEntries(Object.entries(value));
}

function parseJson(text: string, part: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is part of a token.
    throw tokenMalformed(KIND, "JSON", { part, length: quantity(text.length, "characters") });
  }
}

function textClaim(claims: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (value === undefined || (typeof value === "string" && value.length <= CLAIM_LIMIT)) return value;
  throw tokenMalformed(KIND, `${name} as text`, { claim: name, limit: quantity(CLAIM_LIMIT, "characters") });
}

function timeClaim(claims: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (value === undefined || (typeof value === "number" && Number.isSafeInteger(value) && value >= 0)) return value;
  throw tokenMalformed(KIND, `${name} as seconds since 1970`, { claim: name });
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]: Value });
}
