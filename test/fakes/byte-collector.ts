/** Collects bytes and lets tests wait for a number of them. */
export class ByteCollector {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #waiting: { readonly count: number; readonly go: (bytes: Uint8Array) => void }[] = [];

  push(bytes: Uint8Array): void {
    this.#chunks.push(Uint8Array.from(bytes));
    this.#size += bytes.length;
    this.#settle();
  }

  /** Everything collected so far. */
  get bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#chunks));
  }

  /** Resolves with everything collected, once it is `count` bytes or more. */
  received(count: number): Promise<Uint8Array> {
    return new Promise((go) => {
      this.#waiting.push({ count, go });
      this.#settle();
    });
  }

  #settle(): void {
    const due = this.#waiting.filter(({ count }) => this.#size >= count);
    this.#waiting = this.#waiting.filter(({ count }) => this.#size < count);
    for (const { go } of due) go(this.bytes);
  }
}
