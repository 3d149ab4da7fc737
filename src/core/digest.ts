/** SHA-256 as lower-case hex; given in by the platform, as the portable folders have no cryptography of their own. */
export type Sha256 = (bytes: Uint8Array) => string;

/** What is kept of a secret: enough to recognise it again, nothing to use it. */
export type Redacted = { readonly sha256: string; readonly length: number };

/** The digest and length (in bytes, UTF-8) that stand for a secret text in records. */
export function redact(text: string, sha256: Sha256): Redacted {
  const bytes = new TextEncoder().encode(text);
  return { sha256: sha256(bytes), length: bytes.length };
}
