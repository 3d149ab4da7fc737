const WIDTH = 64;

/**
 * The sliding window against replayed records (RFC 6347 section 4.1.2.6, RFC 4303 section 3.4.3), 64 records wide.
 * `mark` is called only for records whose authenticity is proven, so that forged numbers cannot move the window.
 */
export class ReplayWindow {
  #highest = -1;
  #seen = 0n;

  /** Whether a sequence number is new and not older than the window. */
  isNew(sequence: number): boolean {
    if (sequence > this.#highest) return true;
    const age = this.#highest - sequence;
    return age < WIDTH && ((this.#seen >> BigInt(age)) & 1n) === 0n;
  }

  /** Notes an authentic record. @returns whether it is newer than every one before */
  mark(sequence: number): boolean {
    if (sequence <= this.#highest) {
      this.#seen |= 1n << BigInt(this.#highest - sequence);
      return false;
    }
    const step = sequence - this.#highest;
    this.#seen = step >= WIDTH ? 1n : BigInt.asUintN(WIDTH, this.#seen << BigInt(step)) | 1n;
    this.#highest = sequence;
    return true;
  }
}
