import { StationError } from "../../core/error.ts";

/** One DER element (ITU-T X.690): its tag and content. */
export type DerElement = { readonly tag: number; readonly content: Uint8Array };

/** Tags that certificates use. */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
} as const;

const MOST_LENGTH_BYTES = 3;

/** The elements that a content is made of. @throws StationError `dtls.certificate-malformed` when they do not fill it */
export function derElements(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const { element, next } = elementAt(bytes, at);
    elements.push(element);
    at = next;
  }
  return elements;
}

/** The one element that the bytes hold. @throws StationError `dtls.certificate-malformed` */
export function derElement(bytes: Uint8Array, tag: number): DerElement {
  const { element, next } = elementAt(bytes, 0);
  if (next !== bytes.length) throw malformed("bytes behind an element");
  return expectTag(element, tag);
}

/** The element when it is there and has this tag. @throws StationError `dtls.certificate-malformed` */
export function expectTag(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag !== tag) throw malformed(`no element with tag ${tag}`);
  return element;
}

/** An OBJECT IDENTIFIER in dotted form. @throws StationError `dtls.certificate-malformed` */
export function derOidText(element: DerElement | undefined): string {
  const { content } = expectTag(element, DER.objectIdentifier);
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 256) throw malformed("an object identifier out of range");
    if ((byte & 0x80) !== 0) continue;
    arcs.push(value);
    value = 0;
  }
  const [head, ...rest] = arcs;
  if (head === undefined || ((content.at(-1) ?? 0) & 0x80) !== 0) throw malformed("an object identifier cut short");
  const first = Math.min(2, Math.floor(head / 40));
  return [first, head - 40 * first, ...rest].join(".");
}

/** Whether a BOOLEAN is true. */
export function derTruth(element: DerElement): boolean {
  const [value] = expectTag(element, DER.boolean).content;
  return element.content.length === 1 && value !== 0;
}

/** A small INTEGER that is not negative. @throws StationError `dtls.certificate-malformed` */
export function derSmallInteger(element: DerElement | undefined): number {
  const { content } = expectTag(element, DER.integer);
  const [first] = content;
  if (first === undefined || content.length > 4 || first >= 0x80) throw malformed("a number out of range");
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

/** The error of a certificate that cannot be read. */
export function malformed(why: string, cause?: unknown): StationError {
  return new StationError("dtls.certificate-malformed", "a certificate cannot be read", { why }, { cause });
}

function elementAt(bytes: Uint8Array, at: number): { readonly element: DerElement; readonly next: number } {
  const tag = bytes[at];
  const short = bytes[at + 1];
  if (tag === undefined || short === undefined) throw malformed("an element cut short");
  if ((tag & 0x1f) === 0x1f) throw malformed("a tag of several bytes");
  const { length, start } = lengthAt(bytes, at + 1, short);
  const next = start + length;
  if (next > bytes.length) throw malformed("an element longer than its surroundings");
  return { element: { tag, content: bytes.subarray(start, next) }, next };
}

function lengthAt(bytes: Uint8Array, at: number, short: number): { readonly length: number; readonly start: number } {
  if (short < 0x80) return { length: short, start: at + 1 };
  const count = short & 0x7f;
  const digits = bytes.subarray(at + 1, at + 1 + count);
  if (count === 0 || count > MOST_LENGTH_BYTES || digits.length < count) throw malformed("a length out of range");
  const length = digits.reduce((value, byte) => value * 256 + byte, 0);
  if (length < 0x80 || digits[0] === 0) throw malformed("a length that is not the shortest");
  return { length, start: at + 1 + count };
}
