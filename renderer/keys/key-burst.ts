/** Keys closer together than this, in ms, come from a scanner, not from fingers. */
const SCANNER_PACE = 50;

/** What a key means: the begin of something yet unknown, or part of a scan whose text so far is told. */
export type KeyMeaning = { readonly kind: "single" } | { readonly kind: "scan"; readonly text: string };

/** Tells a scanner's keys from a person's, by their pace. */
export class KeyBurst {
  #text = "";
  #last = Number.NEGATIVE_INFINITY;

  /** A printable key was pressed at `at` (ms, any monotonic clock). */
  feed(key: string, at: number): KeyMeaning {
    const close = at - this.#last < SCANNER_PACE;
    this.#last = at;
    this.#text = close ? this.#text + key : key;
    return close ? { kind: "scan", text: this.#text } : { kind: "single" };
  }
}

/** How long to wait whether a single key was the first of a scan, in ms. */
export const BURST_WAIT = SCANNER_PACE + 10;
