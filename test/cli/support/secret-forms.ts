import { createPrivateKey } from "node:crypto";

/** A secret that a spec has planted or overheard. */
export type Planted = { readonly name: string; readonly bytes: Buffer };

/** A text that must not be found, and what it is. */
export type Needle = { readonly name: string; readonly bytes: Buffer };

const SHORTEST = 16;

/** A private key in every way it may be written: the PEM text, its DER, its number. */
export function keySecrets(name: string, pem: string, passphrase?: string): readonly Planted[] {
  const body = pem.replaceAll(/-----[^-]+-----|\s/g, "");
  const { d = "" } = createPrivateKey({ key: pem, passphrase }).export({ format: "jwk" });
  return [
    { name, bytes: Buffer.from(pem) },
    { name: `${name} (DER)`, bytes: Buffer.from(body, "base64") },
    { name: `${name} (number)`, bytes: Buffer.from(d, "base64url") },
  ];
}

/**
 * The forms in which a secret may leak: raw, without line ends, split at line ends, base64 at each offset, base64url, hex in
 * both cases, JSON and URL encoded.
 */
export function formsOf({ name, bytes }: Planted): readonly Needle[] {
  const text = bytes.toString("latin1");
  const lines = text.split(/[\r\n]+/).filter((part) => part.length >= SHORTEST && !part.startsWith("-----"));
  const forms: Readonly<Record<string, string>> = {
    raw: text,
    "without line ends": text.replaceAll(/[\r\n]/g, ""),
    base64: bytes.toString("base64").replace(/=+$/, ""),
    "base64 at offset 1": shifted(bytes, 1),
    "base64 at offset 2": shifted(bytes, 2),
    base64url: bytes.toString("base64url"),
    hex: bytes.toString("hex"),
    "hex in capitals": bytes.toString("hex").toUpperCase(),
    "in JSON": JSON.stringify(text).slice(1, -1),
    "in a URL": encodeURIComponent(text),
    ...Object.fromEntries(lines.map((part, index) => [`line ${index + 1}`, part])),
  };
  return Object.entries(forms).map(([form, needle]) => ({
    name: `${name}: ${form}`,
    bytes: Buffer.from(needle, "latin1"),
  }));
}

/** Base64 of the bytes as they appear behind 1 or 2 others, without the characters that those share. */
function shifted(bytes: Buffer, offset: 1 | 2): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  return encoded.slice(offset + 1).replace(/.=*$/, "");
}

/** The names of the needles that are found in a hay. */
export function foundIn(hay: Buffer, needles: readonly Needle[]): readonly string[] {
  return needles.filter(({ bytes }) => hay.includes(bytes)).map(({ name }) => name);
}

/** What modems issued that nobody may keep: JWT signatures, attestation tokens, signatures of key generation tokens. */
export function overheard(text: string): readonly Planted[] {
  const secrets: Planted[] = [];
  const add = (name: string, token: string | undefined): void => {
    if (token !== undefined && token !== "") secrets.push({ name, bytes: Buffer.from(token) });
  };
  for (const [, token = ""] of text.matchAll(/%JWT: ?"([^"]+)"/g)) add("JWT signature", token.split(".")[2]);
  for (const [, token = ""] of text.matchAll(/%ATTESTTOKEN: ?"([^"]+)"/g)) {
    add("attestation token", token.split(".")[0]);
    add("attestation signature", token.split(".")[1]);
  }
  for (const [, token = ""] of text.matchAll(/%KEYGEN: ?"([^"]+)"/g))
    add("key generation signature", token.split(".")[1]);
  return secrets;
}
