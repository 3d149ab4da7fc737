/**
 * What the station's pages may load and do: their own files only. Scripts come from files alone; style elements need the
 * nonce of this start, which the page finds in `<meta name="csp-nonce">`.
 */
export function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // Templates carry positions and sizes as attributes; they can load nothing (see the other rules).
    "style-src-attr 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}

/** The page with the nonce of this start in its head. */
export function withNonce(page: string, nonce: string): string {
  return page.replace("<head>", `<head><meta name="csp-nonce" content="${nonce}" />`);
}
