/** Who wants to be told of something, each time it happens. */
export class Listeners<Told extends readonly unknown[]> {
  readonly #all = new Set<(...told: Told) => void>();

  /** Adds a listener; the answer takes it away. */
  readonly add = (listener: (...told: Told) => void): (() => void) => {
    this.#all.add(listener);
    return () => {
      this.#all.delete(listener);
    };
  };

  /** Tells all, in the order they came. */
  tell(...told: Told): void {
    for (const listener of this.#all) listener(...told);
  }
}
