import type { Fragment, HandshakeMessage } from "./message.ts";

/** What a side takes in at most: bytes of one message, and of all messages that are not complete yet. */
export type ReassemblyBounds = { readonly message: number; readonly total: number };

/** How far ahead of the next message fragments are kept; no flight has more messages. */
const AHEAD = 8;

type Partial = {
  readonly type: number;
  readonly epoch: number;
  readonly body: Uint8Array;
  readonly have: Uint8Array;
  missing: number;
};

/**
 * Puts fragments together and messages in order (RFC 6347 sections 4.2.2 and 4.2.3). Fragments may overlap and repeat; the first
 * byte that came for a place stays. What does not fit the message's first fragment, or the bounds, is dropped.
 */
export class Reassembly {
  readonly #bounds: ReassemblyBounds;
  readonly #partial = new Map<number, Partial>();
  #next: number;
  #held = 0;

  /** @param next the sequence number of the first message to hand out */
  constructor(bounds: ReassemblyBounds, next = 0) {
    this.#bounds = bounds;
    this.#next = next;
  }

  /** The sequence number of the message that is due. */
  get next(): number {
    return this.#next;
  }

  /** Takes a fragment. @returns whether it is of a message that was handed out before, as in a repeated flight */
  add(epoch: number, fragment: Fragment): "old" | "kept" | "dropped" {
    if (fragment.sequence < this.#next) return "old";
    if (fragment.sequence > this.#next + AHEAD) return "dropped";
    const partial = this.#partial.get(fragment.sequence) ?? this.#begin(epoch, fragment);
    if (partial === undefined) return "dropped";
    const fits = partial.type === fragment.type && partial.body.length === fragment.length && partial.epoch === epoch;
    if (!fits) return "dropped";
    fill(partial, fragment);
    return "kept";
  }

  /** The next message when it is complete and `accept` takes one of its type. */
  take(accept: (type: number) => boolean): HandshakeMessage | undefined {
    const partial = this.#partial.get(this.#next);
    if (partial === undefined || partial.missing > 0 || !accept(partial.type)) return undefined;
    this.#partial.delete(this.#next);
    this.#held -= partial.body.length;
    return { type: partial.type, sequence: this.#next++, body: partial.body };
  }

  #begin(epoch: number, { type, length, sequence }: Fragment): Partial | undefined {
    if (length > this.#bounds.message || this.#held + length > this.#bounds.total) return undefined;
    const partial = { type, epoch, body: new Uint8Array(length), have: new Uint8Array(length), missing: length };
    this.#partial.set(sequence, partial);
    this.#held += length;
    return partial;
  }
}

function fill(partial: Partial, { offset, body }: Fragment): void {
  for (const [index, byte] of body.entries()) {
    const at = offset + index;
    if (partial.have[at] === 1) continue;
    partial.have[at] = 1;
    partial.body[at] = byte;
    partial.missing--;
  }
}
