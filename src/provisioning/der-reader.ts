import { quantity } from "../core/fact.ts";
import { tokenMalformed } from "./token-parts.ts";

/** One DER element: its tag, its content, and the whole of it; views into the input. */
export type DerElement = {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
  /** Where the element begins in what was read. */
  readonly offset: number;
};

/** The DER tags that signing requests use. */
export const DER = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
  attributes: 0xa0,
} as const;

/**
 * The elements that follow each other in a DER content; low tags, lengths of at most two bytes.
 * @throws StationError provisioning.token-malformed
 */
export function derElements(content: Uint8Array, what: string): readonly DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < content.length) {
    const element = derElement(content, at, what);
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** The one element that a DER text is; nothing may follow. */
export function derWhole(bytes: Uint8Array, tag: number, what: string): DerElement {
  const [first, ...more] = derElements(bytes, what);
  if (first?.tag !== tag || more.length > 0) throw derRefusal(what, 0);
  return first;
}

/** The element of the given place, with the given tag. */
export function derAt(elements: readonly DerElement[], index: number, tag: number, what: string): DerElement {
  const element = elements[index];
  if (element?.tag !== tag) throw derRefusal(what, element?.offset ?? 0);
  return element;
}

function derElement(bytes: Uint8Array, at: number, what: string): DerElement {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw derRefusal(what, at);
  const width = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || width > 2 || at + 2 + width > bytes.length) throw derRefusal(what, at);
  const length = bytes
    .subarray(at + 2, at + 2 + width)
    .reduce((sum, byte) => sum * 256 + byte, width === 0 ? first : 0);
  if (width > 0 && length < (width === 1 ? 0x80 : 0x100)) throw derRefusal(what, at);
  const from = at + 2 + width;
  if (from + length > bytes.length) throw derRefusal(what, at);
  return { tag, content: bytes.subarray(from, from + length), whole: bytes.subarray(at, from + length), offset: at };
}

/** The error for DER that is not what was expected. */
export function derRefusal(what: string, offset: number): Error {
  return tokenMalformed("KEYGEN token", `DER of ${what}`, { offset: quantity(offset, "bytes") });
}

/** A DER element of the given tag and content parts. */
export function derOf(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
