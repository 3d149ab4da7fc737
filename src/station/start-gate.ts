/** Lets a few through at a time, in the order in which they came. */
export class StartGate {
  readonly #places: number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  /** @param places how many may be inside at once, 1 or more */
  constructor(places: number) {
    this.#places = places;
  }

  /** Calls `enter` as soon as there is a place; the answer leaves the queue again. Whoever entered calls {@link leave} once. */
  wait(enter: () => void): () => void {
    this.#waiting.add(enter);
    this.#admit();
    return () => this.#waiting.delete(enter);
  }

  leave(): void {
    this.#inside -= 1;
    this.#admit();
  }

  #admit(): void {
    for (const enter of this.#waiting) {
      if (this.#inside >= this.#places) return;
      this.#waiting.delete(enter);
      this.#inside += 1;
      enter();
    }
  }
}
