import { StationError } from "../core/error.ts";

/** The largest datagram that is read or written, in bytes: more than any block of 1024 bytes with its options needs. */
export const DATAGRAM_LIMIT = 16_384;
const OPTION_LIMIT = 64;
const LONGEST_VALUE = 1034;
const LARGEST_NUMBER = 65_535;
const HEAD = 4;
const LONGEST_TOKEN = 8;
const PAYLOAD_MARKER = 0xff;
const RESERVED_CLASSES: ReadonlySet<number> = new Set([1, 6, 7]);

/**
 * Checks what the packet library takes without a word: lengths that point beyond the datagram, tokens above 8 bytes,
 * a payload marker without payload, empty messages with contents, reserved code classes (RFC 7252 section 3, 4.2).
 * @throws StationError coap.malformed naming what is wrong and at which byte
 */
export function checkFraming(datagram: Uint8Array): void {
  if (datagram.length < HEAD) throw malformed("the message is shorter than its head", datagram.length);
  if (datagram.length > DATAGRAM_LIMIT) throw malformed("the message is too long", datagram.length);
  const first = datagram[0] ?? 0;
  const code = datagram[1] ?? 0;
  if (first >> 6 !== 1) throw malformed("the version is not 1", 0);
  const tokenLength = first & 15;
  if (tokenLength > LONGEST_TOKEN) throw malformed("the token is longer than 8 bytes", 0);
  if (RESERVED_CLASSES.has(code >> 5)) throw malformed("the code is of a reserved class", 1);
  if (code === 0) {
    if (datagram.length > HEAD) throw malformed("an empty message has contents", HEAD);
    return;
  }
  const isReset = ((first >> 4) & 3) === 3;
  if (isReset) throw malformed("a reset is not empty", 1);
  const token = HEAD + tokenLength;
  if (token > datagram.length) throw malformed("the token is cut off", HEAD);
  checkOptions(datagram, token);
}

function checkOptions(datagram: Uint8Array, start: number): void {
  let at = start;
  let number = 0;
  for (let count = 0; at < datagram.length; count++) {
    if (datagram[at] === PAYLOAD_MARKER) {
      if (at + 1 === datagram.length) throw malformed("a payload is announced, but there is none", at);
      return;
    }
    if (count === OPTION_LIMIT) throw malformed(`there are more than ${OPTION_LIMIT} options`, at);
    const byte = datagram[at] ?? 0;
    const delta = extended(datagram, byte >> 4, at + 1);
    const length = extended(datagram, byte & 15, delta.next);
    number += delta.value;
    if (number > LARGEST_NUMBER) throw malformed("an option's number is too large", at);
    if (length.value > LONGEST_VALUE) throw malformed("an option is too long", at);
    if (length.next + length.value > datagram.length) throw malformed("an option is cut off", at);
    at = length.next + length.value;
  }
}

/** A delta or length with its extension bytes (RFC 7252 section 3.1). */
function extended(datagram: Uint8Array, nibble: number, at: number): { readonly value: number; readonly next: number } {
  if (nibble < 13) return { value: nibble, next: at };
  if (nibble === 15) throw malformed("an option has a reserved delta or length", at - 1);
  const size = nibble === 13 ? 1 : 2;
  if (at + size > datagram.length) throw malformed("an option is cut off", at);
  const high = datagram[at] ?? 0;
  return size === 1
    ? { value: high + 13, next: at + 1 }
    : { value: high * 256 + (datagram[at + 1] ?? 0) + 269, next: at + 2 };
}

function malformed(what: string, at: number): StationError {
  return new StationError("coap.malformed", what, { at });
}
