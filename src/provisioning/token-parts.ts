import { StationError } from "../core/error.ts";
import { quantity, type Facts } from "../core/fact.ts";
import { decodeBase64Url } from "./base64url.ts";

/** The longest token that is looked at, in characters; the modem's longest is a KEYGEN token of about 600 (at.md 5). */
export const TOKEN_LIMIT = 4095;

/** The tokens that a modem makes. */
export type TokenKind = "JWT" | "attestation token" | "KEYGEN token";

/** The error for a token that cannot be read. Never carries the token itself: it is a secret while it is valid. */
export function tokenMalformed(kind: TokenKind, expected: string, facts: Facts = {}): StationError {
  return new StationError("provisioning.token-malformed", `the ${kind} cannot be read`, { expected, ...facts });
}

/**
 * The decoded parts of a token of base64url parts joined by dots.
 * @throws StationError provisioning.token-malformed
 */
export function tokenParts(kind: TokenKind, token: string, count: number): readonly Uint8Array[] {
  if (token.length > TOKEN_LIMIT)
    throw tokenMalformed(kind, "a token within the limit", {
      length: quantity(token.length, "characters"),
      limit: quantity(TOKEN_LIMIT, "characters"),
    });
  const texts = token.split(".");
  if (texts.length !== count) throw tokenMalformed(kind, `${count} parts joined by dots`, { parts: texts.length });
  return texts.map((text, index) => {
    const bytes = decodeBase64Url(text);
    if (bytes === undefined || bytes.length === 0)
      throw tokenMalformed(kind, "base64url without padding", { part: index + 1 });
    return bytes;
  });
}

/** The bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A UUID of 16 bytes with its dashes, lower case. */
export function uuidText(bytes: Uint8Array): string {
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
