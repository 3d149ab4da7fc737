import type { AtLink, AtLinkReader } from "../modem/at-link.ts";

const KEPT = 256;

/** A link that notices whether the far side repeats what is typed (at.md 1): the answer then begins with the typed line. */
export class EchoWatch implements AtLink {
  readonly #link: AtLink;
  #typed = "";
  #heard = "";
  #echoed = false;
  #spoke = false;

  constructor(link: AtLink) {
    this.#link = link;
  }

  get name(): string {
    return this.#link.name;
  }

  /** Whether a typed line came back. */
  get echoed(): boolean {
    return this.#echoed;
  }

  /** Whether any byte has come. */
  get spoke(): boolean {
    return this.#spoke;
  }

  listen(reader: AtLinkReader): void {
    this.#link.listen({
      onData: (bytes) => {
        this.#spoke = true;
        this.#hear(bytes);
        reader.onData(bytes);
      },
      onClosed: (reason) => reader.onClosed(reason),
    });
  }

  write(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const line = latin(bytes.subarray(0, KEPT)).trim();
    this.#typed = /^AT/i.test(line) ? line : "";
    this.#heard = "";
    return this.#link.write(bytes, signal);
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #hear(bytes: Uint8Array): void {
    if (this.#echoed || this.#typed === "" || this.#heard.length >= KEPT) return;
    this.#heard = (this.#heard + latin(bytes.subarray(0, KEPT))).trimStart();
    this.#echoed = this.#heard.startsWith(this.#typed);
  }
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
