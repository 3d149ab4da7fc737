/** Option numbers that this project reads or writes (RFC 7252 section 5.10, RFC 7959, RFC 9175). */
export const OPTION = {
  uriHost: 3,
  etag: 4,
  uriPort: 7,
  uriPath: 11,
  contentFormat: 12,
  uriQuery: 15,
  accept: 17,
  block2: 23,
  block1: 27,
  size1: 60,
  echo: 252,
  requestTag: 292,
} as const;

/** One option: its number and its value, 0 to 1034 bytes. */
export type CoapOption = { readonly number: number; readonly value: Uint8Array };

/** Whether a receiver that does not know the option must refuse the message (RFC 7252 section 5.4.1). */
export function isCritical(number: number): boolean {
  return (number & 1) === 1;
}

/** The value of the first option of a number. */
export function optionValue(options: readonly CoapOption[], number: number): Uint8Array | undefined {
  return options.find((option) => option.number === number)?.value;
}

/** All values of a number as text, in order: path segments, query parameters. Bytes that are no UTF-8 become U+FFFD. */
export function optionTexts(options: readonly CoapOption[], number: number): readonly string[] {
  const decoder = new TextDecoder();
  return options.filter((option) => option.number === number).map(({ value }) => decoder.decode(value));
}

/** An unsigned number in as few bytes as possible; 0 has none (RFC 7252 section 3.2). @param value 0 to 4294967295 */
export function uintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

/** The number that an option's bytes stand for; leading zeros are allowed. @param bytes at most 4 */
export function uintOf(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** An option with a number for its value. */
export function uintOption(number: number, value: number): CoapOption {
  return { number, value: uintBytes(value) };
}

/** An option with a text for its value. */
export function textOption(number: number, text: string): CoapOption {
  return { number, value: new TextEncoder().encode(text) };
}

/** Options go out in the order of their numbers; equal ones keep theirs. */
export function inOrder(options: readonly CoapOption[]): readonly CoapOption[] {
  return options.toSorted((a, b) => a.number - b.number);
}
