/** The bytes that the head of a CBOR item takes in its shortest form, 1 to 9 (RFC 8949 section 4.2.1). */
export function encodedHeadLength(value: bigint): number {
  if (value < 24n) return 1;
  if (value <= 0xffn) return 2;
  if (value <= 0xffffn) return 3;
  return value <= 0xffff_ffffn ? 5 : 9;
}

/**
 * The shortest head of a CBOR item.
 * @param major major type, 0 to 7
 * @param value number or length, 0 to 2^53 - 1
 */
export function cborHead(major: number, value: number): Uint8Array<ArrayBuffer> {
  const length = encodedHeadLength(BigInt(value));
  const bytes = new Uint8Array(length);
  if (length === 1) {
    bytes[0] = (major << 5) | value;
    return bytes;
  }
  bytes[0] = (major << 5) | (24 + Math.log2(length - 1));
  for (let index = length - 1, rest = value; index > 0; index--, rest = Math.floor(rest / 256))
    bytes[index] = rest % 256;
  return bytes;
}
