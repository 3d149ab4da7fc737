import type { BucketEntry, DocumentBucket } from "../../../src/line/documents/document-bucket.ts";

/** The line's documents without a server; `values` is what somebody with the rights of a publisher could write. */
export class MemoryBucket implements DocumentBucket {
  readonly values = new Map<string, Uint8Array>();
  #revision = 0;

  async entries(prefix: string): Promise<readonly BucketEntry[]> {
    return [...this.values].filter(([key]) => key.startsWith(`${prefix}.`)).map(([key, value]) => ({ key, value }));
  }

  async value(key: string): Promise<Uint8Array | undefined> {
    return this.values.get(key);
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    this.#revision++;
    this.values.set(key, value);
  }

  async revision(): Promise<number> {
    return this.#revision;
  }
}
