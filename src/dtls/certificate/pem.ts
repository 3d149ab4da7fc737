const BLOCK = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;

/** The certificates of a PEM text in their order, DER; whatever else stands in it is passed over. */
export function certificatesOfPem(text: string): readonly Uint8Array[] {
  return [...text.matchAll(BLOCK)].map(([, base64 = ""]) => Buffer.from(base64, "base64"));
}
