// The few DER forms that certificates and signing requests need (ITU-T X.690).

const SHORT_LENGTH = 0x80;

/** One element: tag, definite length, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return joined([Uint8Array.of(tag), derLength(length), ...content]);
}

/** SEQUENCE. */
export const derSequence = (...content: readonly Uint8Array[]): Uint8Array => der(0x30, ...content);

/** SET. */
export const derSet = (...content: readonly Uint8Array[]): Uint8Array => der(0x31, ...content);

/** An explicitly tagged element, `[number]`. */
export const derTagged = (number: number, content: Uint8Array): Uint8Array => der(0xa0 | number, content);

/** An unsigned INTEGER from big-endian bytes. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  return (digits[0] ?? 0) >= 0x80 ? der(0x02, Uint8Array.of(0), digits) : der(0x02, digits);
}

/** BOOLEAN TRUE; FALSE is a default and never written. */
export const DER_TRUE: Uint8Array = Uint8Array.of(0x01, 0x01, 0xff);

/** OCTET STRING. */
export const derOctets = (bytes: Uint8Array): Uint8Array => der(0x04, bytes);

/** BIT STRING with `unused` bits at its end. */
export const derBits = (bytes: Uint8Array, unused = 0): Uint8Array => der(0x03, Uint8Array.of(unused), bytes);

/** UTF8String. */
export const derText = (text: string): Uint8Array => der(0x0c, new TextEncoder().encode(text));

/** OBJECT IDENTIFIER from its dotted form, for example `2.5.29.17`. */
export function derOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** A time of a validity: UTCTime before 2050, GeneralizedTime from then on (RFC 5280 4.1.2.5). */
export function derTime(isoText: string): Uint8Array {
  const digits = `${isoText.slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
  const early = Number(isoText.slice(0, 4)) < 2050;
  return der(early ? 0x17 : 0x18, new TextEncoder().encode(early ? digits.slice(2) : digits));
}

function derLength(length: number): Uint8Array {
  if (length < SHORT_LENGTH) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(SHORT_LENGTH | bytes.length, ...bytes);
}

function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) | 0x80);
  return digits;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
