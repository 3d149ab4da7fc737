import { joined, uint, vector, type ByteReader } from "../bytes.ts";
import { illegal } from "../alert.ts";

/** Hello extensions by number (IANA). */
export const EXTENSION = {
  serverName: 0,
  supportedGroups: 10,
  pointFormats: 11,
  signatureSchemes: 13,
  extendedMasterSecret: 23,
  connectionId: 54,
  renegotiationInfo: 0xff01,
} as const;

/** The extensions of a hello by number, each as its content. */
export type Extensions = ReadonlyMap<number, Uint8Array>;

const MOST_BYTES = 65_535;

/** Reads the rest of a hello as its extensions; a hello may end without any (RFC 5246 section 7.4.1.4). */
export function readExtensions(reader: ByteReader, nested: (bytes: Uint8Array) => ByteReader): Extensions {
  const found = new Map<number, Uint8Array>();
  if (reader.left === 0) return found;
  const list = nested(reader.vector(2, 0, MOST_BYTES));
  while (list.left > 0) {
    const number = list.uint(2);
    if (found.has(number)) throw illegal("an extension stands twice in a hello", number);
    found.set(number, list.vector(2, 0, MOST_BYTES));
  }
  return found;
}

/** The extensions' bytes, with their common length before them. */
export function encodeExtensions(extensions: Extensions): Uint8Array {
  const parts = [...extensions].map(([number, content]) => joined(uint(number, 2), vector(2, content)));
  return vector(2, ...parts);
}

/** The numbers of 2 bytes in a list such as supported groups; an odd length is an error. */
export function readNumbers(reader: ByteReader): readonly number[] {
  const numbers: number[] = [];
  const bytes = reader.vector(2, 2, MOST_BYTES);
  reader.end();
  if (bytes.length % 2 === 1) throw reader.malformed("a list of odd length");
  for (let at = 0; at < bytes.length; at += 2) numbers.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  return numbers;
}

/** A list of numbers of 2 bytes. */
export function encodeNumbers(numbers: readonly number[]): Uint8Array {
  return vector(2, ...numbers.map((number) => uint(number, 2)));
}

/** The content of a connection id extension (RFC 9146 section 3), or undefined when there is none. */
export function readConnectionId(
  extensions: Extensions,
  nested: (bytes: Uint8Array) => ByteReader,
): Uint8Array | undefined {
  const content = extensions.get(EXTENSION.connectionId);
  if (content === undefined) return undefined;
  const reader = nested(content);
  const id = reader.vector(1, 0, 255);
  reader.end();
  return Uint8Array.from(id);
}
