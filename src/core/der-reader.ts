/** One DER element: its tag, its content, and the whole of it; views into the input. */
export type DerElement = {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
  /** Where the element begins in what was read. */
  readonly offset: number;
};

/** The DER tags that certificates and signing requests use. */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
  attributes: 0xa0,
  extensions: 0xa3,
} as const;

/** Reads DER (ITU-T X.690) with low tags and lengths of at most two bytes, as its caller's errors put it. */
export class DerReader {
  readonly #refuse: (what: string, offset: number) => Error;

  /** @param refuse makes the error for DER that is not `what` was expected, at a place in bytes */
  constructor(refuse: (what: string, offset: number) => Error) {
    this.#refuse = refuse;
  }

  /** The elements that follow each other in a DER content. Throws the reader's error. */
  elements(content: Uint8Array, what: string): readonly DerElement[] {
    const elements: DerElement[] = [];
    let at = 0;
    while (at < content.length) {
      const element = this.#element(content, at, what);
      elements.push(element);
      at += element.whole.length;
    }
    return elements;
  }

  /** The one element that a DER text is; nothing may follow. Throws the reader's error. */
  whole(bytes: Uint8Array, tag: number, what: string): DerElement {
    const [first, ...more] = this.elements(bytes, what);
    if (first?.tag !== tag || more.length > 0) throw this.#refuse(what, 0);
    return first;
  }

  /** The element of the given place, with the given tag. Throws the reader's error. */
  at(elements: readonly DerElement[], index: number, tag: number, what: string): DerElement {
    const element = elements[index];
    if (element?.tag !== tag) throw this.#refuse(what, element?.offset ?? 0);
    return element;
  }

  #element(bytes: Uint8Array, at: number, what: string): DerElement {
    const [tag, first] = [bytes[at], bytes[at + 1]];
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw this.#refuse(what, at);
    const width = first < 0x80 ? 0 : first - 0x80;
    if (first === 0x80 || width > 2 || at + 2 + width > bytes.length) throw this.#refuse(what, at);
    const length = bytes
      .subarray(at + 2, at + 2 + width)
      .reduce((sum, byte) => sum * 256 + byte, width === 0 ? first : 0);
    if (width > 0 && length < (width === 1 ? 0x80 : 0x100)) throw this.#refuse(what, at);
    const from = at + 2 + width;
    if (from + length > bytes.length) throw this.#refuse(what, at);
    return { tag, content: bytes.subarray(from, from + length), whole: bytes.subarray(at, from + length), offset: at };
  }
}
