import { encodeWireText } from "../core/wire-text.ts";
import { cborHead } from "./cbor-head.ts";

/** Writes canonical CBOR: definite lengths, shortest heads (protocol.md 3.3). */
export class CborWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** The bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** The head of a list of `count` elements. */
  list(count: number): this {
    return this.raw(cborHead(4, count));
  }

  /** The head of a map of `count` pairs. */
  map(count: number): this {
    return this.raw(cborHead(5, count));
  }

  /** A number of 0 to 2^53 - 1. */
  number(value: number): this {
    return this.raw(cborHead(0, value));
  }

  /** A text, wire text (core/wire-text.ts). */
  text(text: string): this {
    const bytes = encodeWireText(text);
    return this.raw(cborHead(3, bytes.length)).raw(bytes);
  }

  /** A byte string. */
  bytes(bytes: Uint8Array): this {
    return this.raw(cborHead(2, bytes.length)).raw(bytes);
  }

  /** Bytes that are CBOR already. */
  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }

  /** Everything written, in one array. */
  finish(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
