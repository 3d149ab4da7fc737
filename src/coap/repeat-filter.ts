const REMEMBERED = 64;

/** A request that came before: what was replied, once something was. */
export type Repeated = { readonly reply: Uint8Array | undefined };

/** Knows the requests of a client by their message ids, so that a repeat is answered without being carried out again (RFC 7252 section 4.5). */
export class RepeatFilter {
  readonly #replies = new Map<number, Uint8Array | undefined>();

  /** The request of an id, when it came before. */
  of(id: number): Repeated | undefined {
    return this.#replies.has(id) ? { reply: this.#replies.get(id) } : undefined;
  }

  /** A request has come; the oldest of 64 is forgotten. */
  begin(id: number): void {
    this.#replies.set(id, undefined);
    const [oldest] = this.#replies.keys();
    if (this.#replies.size > REMEMBERED && oldest !== undefined) this.#replies.delete(oldest);
  }

  /** What a repeat is answered from now on. */
  replied(id: number, reply: Uint8Array): void {
    if (this.#replies.has(id)) this.#replies.set(id, reply);
  }
}
