import type { StationError } from "../core/error.ts";
import type { AtLinkReader } from "../modem/at-link.ts";

/** How much a link keeps for a reader that has not come yet, in bytes. */
const KEEP = 65_536;

/** Where a link's bytes wait for its reader; after the reader has come they pass straight through. */
export class Inbox {
  #reader: AtLinkReader | undefined;
  #waiting: Uint8Array[] = [];
  #size = 0;
  #closed: { readonly reason: StationError | undefined } | undefined;

  /** Whether no more should be read until a reader comes. */
  get full(): boolean {
    return this.#size >= KEEP;
  }

  /** Takes bytes; the array becomes the reader's own. */
  push(bytes: Uint8Array): void {
    if (this.#closed !== undefined) return;
    if (this.#reader !== undefined) {
      this.#reader.onData(bytes);
      return;
    }
    this.#waiting.push(bytes);
    this.#size += bytes.length;
  }

  /** Tells the reader, now or when it comes, that nothing follows; only the first call counts. */
  close(reason: StationError | undefined): void {
    if (this.#closed !== undefined) return;
    this.#closed = { reason };
    this.#reader?.onClosed(reason);
  }

  /** Sets the one reader and hands it what has waited. */
  listen(reader: AtLinkReader): void {
    this.#reader = reader;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    for (const bytes of waiting) reader.onData(bytes);
    if (this.#closed !== undefined) reader.onClosed(this.#closed.reason);
  }
}
