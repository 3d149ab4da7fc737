/**
 * Text of modems and of the protocol: meant to be UTF-8, never checked by the devices (protocol.md 3.3).
 * Bytes that are not UTF-8 become lone surrogates U+DC80..U+DCFF (as Python's surrogateescape does), so that every
 * byte sequence survives the way to a string and back.
 */
export function decodeWireText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return decodeEscaped(bytes);
  }
}

/** The bytes of a text made by {@link decodeWireText} or typed by a person. */
export function encodeWireText(text: string): Uint8Array<ArrayBuffer> {
  if (!ESCAPED.test(text)) return new TextEncoder().encode(text);
  const parts: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= ESCAPE_BASE + 0x80 && code <= ESCAPE_BASE + 0xff) parts.push(code - ESCAPE_BASE);
    else parts.push(...new TextEncoder().encode(character));
  }
  return Uint8Array.from(parts);
}

/** Whether the text stands for bytes that are not UTF-8. */
export function isEscaped(text: string): boolean {
  return ESCAPED.test(text);
}

const ESCAPE_BASE = 0xdc00;
const ESCAPED = /(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/;

function decodeEscaped(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    const sequence = bytes.subarray(at, at + length);
    const decoded = length > 0 && sequence.length === length ? decodeOrUndefined(sequence) : undefined;
    text += decoded ?? String.fromCharCode(ESCAPE_BASE + (bytes[at] ?? 0));
    at += decoded === undefined ? 1 : length;
  }
  return text;
}

function decodeOrUndefined(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}
