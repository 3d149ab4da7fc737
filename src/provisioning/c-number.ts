/** What C's strtoll makes of a text: the value (clamped to 64 bits), and whether it was out of range (ERANGE). */
export type CNumber = { readonly value: bigint; readonly outOfRange: boolean };

const LONG_LONG = { least: -(2n ** 63n), most: 2n ** 63n - 1n };
const INT = { least: -(2n ** 31n), most: 2n ** 31n - 1n };
const HEAD = /^[ \t\n\v\f\r]*([+-]?)/;

/**
 * Reads a number as C's `strtoll(text, NULL, 0)` does (protocol.md 8): leading white space, a sign, `0x` for hexadecimal,
 * a leading 0 for octal, else decimal; what follows the digits is ignored, and without digits the value is 0.
 */
export function strtoll(text: string): CNumber {
  const { negative, rest } = splitSign(text);
  if (/^0[xX][0-9A-Fa-f]/.test(rest)) return clamp(digits(rest.slice(2), /^[0-9A-Fa-f]+/, "0x"), negative, LONG_LONG);
  if (rest.startsWith("0")) return clamp(digits(rest, /^[0-7]+/, "0o"), negative, LONG_LONG);
  return clamp(digits(rest, /^[0-9]+/, ""), negative, LONG_LONG);
}

/** Reads a decimal number as C's `atoi` does on a device with 32-bit `long`: out of range becomes the nearest limit. */
export function atoi(text: string): number {
  const { negative, rest } = splitSign(text);
  return Number(clamp(digits(rest, /^[0-9]+/, ""), negative, INT).value);
}

function splitSign(text: string): { readonly negative: boolean; readonly rest: string } {
  const string = text.split("\0", 1)[0] ?? "";
  const head = HEAD.exec(string);
  return { negative: head?.[1] === "-", rest: string.slice(head?.[0].length ?? 0) };
}

function digits(text: string, pattern: RegExp, prefix: string): bigint {
  const found = pattern.exec(text)?.[0];
  return found === undefined ? 0n : BigInt(prefix + found);
}

function clamp(size: bigint, negative: boolean, range: { readonly least: bigint; readonly most: bigint }): CNumber {
  const value = negative ? -size : size;
  if (value < range.least) return { value: range.least, outOfRange: true };
  if (value > range.most) return { value: range.most, outOfRange: true };
  return { value, outOfRange: false };
}
