import type { Delivery } from "./stream-feed.ts";

/** Messages of one commit, and how many may wait for the next. */
const MOST_TAKEN = 500;
const MOST_WAITING = 2000;

/** Takes messages from the stream while others are being committed, and holds a bounded number of them. */
export class Pump {
  readonly #waiting: Delivery[] = [];
  #wake: () => void = () => undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(source: AsyncGenerator<Delivery, void>) {
    void this.#run(source);
  }

  /**
   * What has come: at least one message, waited for.
   * @throws what the source has thrown, once all before it is taken
   */
  async next(): Promise<readonly Delivery[]> {
    while (this.#waiting.length === 0) {
      if (this.#failure !== undefined) throw this.#failure.error;
      await this.#changed();
    }
    const taken = this.#waiting.splice(0, MOST_TAKEN);
    this.#tell();
    return taken;
  }

  /** Takes nothing more; the source is ended by its own signal. */
  close(): void {
    this.#failure ??= { error: undefined };
    this.#tell();
  }

  async #run(source: AsyncGenerator<Delivery, void>): Promise<void> {
    try {
      for await (const delivery of source) {
        this.#waiting.push(delivery);
        this.#tell();
        while (this.#waiting.length >= MOST_WAITING && this.#failure === undefined) await this.#changed();
        if (this.#failure !== undefined) return;
      }
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#tell();
  }

  #changed(): Promise<void> {
    const before = this.#wake;
    return new Promise((resolve) => {
      this.#wake = () => {
        before();
        resolve();
      };
    });
  }

  #tell(): void {
    const wake = this.#wake;
    this.#wake = () => undefined;
    wake();
  }
}
