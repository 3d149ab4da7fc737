const SHOWN = "[secret]";

/** A value that must never be seen: prints, serialises and inspects as `[secret]`; only {@link Secret.reveal} gives it out. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret itself; call it where the value is used, never to keep or print it. */
  reveal(): string {
    return this.#text;
  }

  /** The number of characters. */
  get length(): number {
    return this.#text.length;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  /** What Node's inspect and console print. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return SHOWN;
  }
}
