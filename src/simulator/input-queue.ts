/** How many bytes may wait before the host is told to stop sending. */
const FULL = 8192;

/** Bytes that the host sent and the modem has not read yet, in order. */
export class InputQueue {
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** Whether the host should stop sending for now. */
  get full(): boolean {
    return this.#bytes > FULL;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
  }

  /** The oldest bytes, not taken off; undefined when there are none. */
  next(): Uint8Array | undefined {
    return this.#chunks[0];
  }

  /** Takes `count` bytes off the oldest chunk. */
  drop(count: number): void {
    const [first] = this.#chunks;
    if (first === undefined) return;
    this.#bytes -= Math.min(count, first.length);
    if (count < first.length) this.#chunks[0] = first.subarray(count);
    else this.#chunks.shift();
  }

  clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }
}
