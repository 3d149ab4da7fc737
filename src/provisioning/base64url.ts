const ALPHABET = /^[A-Za-z0-9_-]*$/;

/** The bytes of a base64url text without padding (RFC 4648 section 5), or undefined when it is none in its one form. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!ALPHABET.test(text) || text.length % 4 === 1) return undefined;
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  const bytes = Uint8Array.from(atob(padded), (character) => character.charCodeAt(0));
  // Two texts must never stand for the same token: unused bits have to be zero.
  return encodeBase64Url(bytes) === text ? bytes : undefined;
}

/** The base64url text of bytes, without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
