import { StationError } from "../core/error.ts";

/** The parts behind one another. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** A big-endian unsigned number of `size` bytes, at most 6. */
export function uint(value: number, size: number): Uint8Array {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}

/** A vector of RFC 5246 section 4.3: its length in `size` bytes, then its content. */
export function vector(size: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = joined(...content);
  return joined(uint(body.length, size), body);
}

/** The number that the bytes at an offset stand for, big-endian, at most 6 bytes; the caller has checked the length. */
export function numberAt(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let index = offset; index < offset + size; index++) value = value * 256 + (bytes[index] ?? 0);
  return value;
}

/** Whether both hold the same bytes; for values that are no secrets. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** Lower-case hex. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** The bytes of a hex text that the station made itself. */
export function bytesOfHex(hex: string): Uint8Array {
  return Buffer.from(hex, "hex");
}

/** Reads a message from its beginning to its end; every read is checked against what is left. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  /** @param what the message's name, for errors */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  /** The next `count` bytes, a view. @throws StationError `dtls.protocol` when there are fewer */
  take(count: number): Uint8Array {
    if (count > this.left) throw this.malformed("too short");
    const part = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return part;
  }

  /** The next big-endian number of `size` bytes. */
  uint(size: number): number {
    return numberAt(this.take(size), 0, size);
  }

  /** The next vector, whose length stands in `size` bytes and must be `least` to `most`. */
  vector(size: number, least: number, most: number): Uint8Array {
    const length = this.uint(size);
    if (length < least || length > most) throw this.malformed(`a length of ${length} where ${least} to ${most} is due`);
    return this.take(length);
  }

  /** Asserts that all is read. */
  end(): void {
    if (this.left > 0) throw this.malformed("bytes behind its end");
  }

  /** The error of a message that does not keep to its form. */
  malformed(why: string): StationError {
    return new StationError("dtls.protocol", "a handshake message cannot be read", {
      message: this.#what,
      why,
      alert: "decode_error",
    });
  }
}
