/** How a {@link CborCursor} reports what it cannot read: the expectation that failed and the byte offset. */
export type RefuseCbor = (what: string, offset: number) => Error;

/** The elements of a list: their number, or `undefined` for a list that ends with a break. */
export type ListHead = { readonly count: number | undefined };

const BREAK = 0xff;

/**
 * Reads one CBOR item after the other (RFC 8949), each by its expected type; anything else is refused. Never reads
 * beyond its bytes, never copies texts or byte strings, never nests by itself.
 */
export class CborCursor {
  readonly #bytes: Uint8Array;
  readonly #refuse: RefuseCbor;
  #at = 0;

  constructor(bytes: Uint8Array, refuse: RefuseCbor) {
    this.#bytes = bytes;
    this.#refuse = refuse;
  }

  /** The bytes read so far. */
  get offset(): number {
    return this.#at;
  }

  /** An unsigned number of at most 2^53 - 1. */
  unsigned(what: string): number {
    return this.#head(0, what);
  }

  /** An unsigned or negative number between -2^53 and 2^53 - 1. */
  integer(what: string): number {
    return this.#major() === 1 ? -1 - this.#head(1, what) : this.#head(0, what);
  }

  /** A byte string of at most `limit` bytes; a view into the input. */
  bytes(what: string, limit: number): Uint8Array {
    return this.#string(2, what, limit);
  }

  /** The bytes of a text of at most `limit` bytes; a view into the input, not checked for UTF-8. */
  text(what: string, limit: number): Uint8Array {
    return this.#string(3, what, limit);
  }

  /** A tag's number. */
  tag(what: string): number {
    return this.#head(6, what);
  }

  /** The head of a map with a known number of pairs. */
  map(what: string): number {
    return this.#head(5, what);
  }

  /** The head of a list with a known number of elements. */
  countedList(what: string): number {
    return this.#head(4, what);
  }

  /** The head of a list of either form. */
  list(what: string): ListHead {
    if (this.#bytes[this.#at] !== 0x9f) return { count: this.#head(4, what) };
    this.#at++;
    return { count: undefined };
  }

  /** Whether a list opened by {@link list} has another element after `read` of them; consumes the break of an indefinite one. */
  hasMore(head: ListHead, read: number): boolean {
    if (head.count !== undefined) return read < head.count;
    if (this.#bytes[this.#at] !== BREAK) return true;
    this.#at++;
    return false;
  }

  /** Consumes a `null`; answers whether there was one. */
  takeNull(): boolean {
    if (this.#bytes[this.#at] !== 0xf6) return false;
    this.#at++;
    return true;
  }

  /** Refuses anything that follows. */
  end(what: string): void {
    if (this.#at !== this.#bytes.length) throw this.refuse(what);
  }

  /** The refusal of what stands at the current place. */
  refuse(what: string): Error {
    return this.#refuse(what, this.#at);
  }

  #major(): number {
    return (this.#bytes[this.#at] ?? 0xff) >> 5;
  }

  #string(major: number, what: string, limit: number): Uint8Array {
    const start = this.#at;
    const length = this.#head(major, what);
    if (length > limit || length > this.#bytes.length - this.#at) throw this.#refuse(what, start);
    const from = this.#at;
    this.#at = from + length;
    return this.#bytes.subarray(from, this.#at);
  }

  #head(major: number, what: string): number {
    const first = this.#bytes[this.#at];
    const short = (first ?? 31) & 31;
    const width = short < 24 ? 0 : 2 ** (short - 24);
    if (first === undefined || first >> 5 !== major || short > 27 || this.#at + 1 + width > this.#bytes.length)
      throw this.refuse(what);
    let value = width === 0 ? short : 0;
    for (const byte of this.#bytes.subarray(this.#at + 1, this.#at + 1 + width)) value = value * 256 + byte;
    if (value > Number.MAX_SAFE_INTEGER) throw this.refuse(what);
    this.#at += 1 + width;
    return value;
  }
}
