import { encodedHeadLength } from "./cbor-head.ts";

/**
 * Why the vendor's decoder refuses: the names of zcbor 0.9.1, so that verdicts can be compared with it.
 * Only TOO_MANY_ELEMENTS (zcbor's HIGH_ELEM_COUNT) means "too many commands" to the library (protocol.md 3.5).
 */
export type ZcborError =
  | "ZCBOR_ERR_NO_BACKUP_MEM"
  | "ZCBOR_ERR_NO_BACKUP_ACTIVE"
  | "ZCBOR_ERR_LOW_ELEM_COUNT"
  | "ZCBOR_ERR_HIGH_ELEM_COUNT"
  | "ZCBOR_ERR_INT_SIZE"
  | "ZCBOR_ERR_ADDITIONAL_INVAL"
  | "ZCBOR_ERR_NO_PAYLOAD"
  | "ZCBOR_ERR_WRONG_TYPE"
  | "ZCBOR_ERR_WRONG_VALUE"
  | "ZCBOR_ERR_ITERATIONS"
  | "ZCBOR_ERR_INVALID_VALUE_ENCODING";

/** The place that was not understood: what was expected there, its byte offset, and zcbor's name for the reason. */
export type ReadFailure = { readonly expected: string; readonly offset: number; readonly error: ZcborError };

/** The major types of RFC 8949 section 3.1 that the schema uses. */
const UNSIGNED = 0;
const TEXT = 3;
const LIST = 4;
const MAP = 5;

const BREAK = 0xff;
const INDEFINITE = 31;
/** size_t of the 64-bit build that the verdicts were measured with. */
const MOST_ELEMENTS = 2n ** 64n - 1n;
const ENDLESS_ELEMENTS = MOST_ELEMENTS - 15n;
/** Nesting that the library's decoder has memory for: list, command, union, inner list. */
const SAVED_STATES = 4;

/** A stretch of the payload that holds a text. */
export type TextRange = { readonly from: number; readonly to: number };

type State = {
  at: number;
  /** Elements that the open list or map still holds. */
  left: bigint;
  /** Whether the open list or map ends with a break instead of a count. */
  indefinite: boolean;
};

/**
 * Reads the values of the command list schema with the exact verdicts of the library's decoder, zcbor 0.9.1.
 * That decoder keeps the enclosing states on a small stack. Three of its habits decide verdicts and are kept here:
 * a failed alternative of a union goes back to the state on top of the stack, whatever that is; closing a counted list
 * restores the enclosing state before it looks whether elements are left; closing an indefinite list that does not end
 * with a break leaves both the stack and the "indefinite" mark as they are, so that what encloses it is judged by them.
 * Every method answers false or undefined instead of throwing; the reason is in {@link lastError} and {@link furthest}.
 */
export class ZcborReader {
  readonly #bytes: Uint8Array;
  readonly #canonical: boolean;
  readonly #saved: State[] = [];
  #state: State;
  #valueStart = 0;
  #lastError: ZcborError | undefined;
  #furthest: ReadFailure | undefined;

  /** @param canonical whether indefinite lengths and numbers that are not the shortest are refused (protocol.md 3.3) */
  constructor(bytes: Uint8Array, canonical: boolean) {
    this.#bytes = bytes;
    this.#canonical = canonical;
    this.#state = { at: 0, left: 1n, indefinite: false };
  }

  /** The bytes read so far. */
  get offset(): number {
    return this.#state.at;
  }

  /** The reason that zcbor would report: of the last thing that failed, also when it was recovered from. */
  get lastError(): ZcborError | undefined {
    return this.#lastError;
  }

  /** The failure furthest into the payload: the one that tells a person what is wrong. */
  get furthest(): ReadFailure | undefined {
    return this.#furthest;
  }

  /** Reads a text; undefined when there is none. Its bytes are not looked at. */
  text(expected: string): TextRange | undefined {
    const length = this.#value(TEXT, 8, expected);
    if (length === undefined) return undefined;
    const from = this.#state.at;
    if (length > BigInt(this.#bytes.length - from)) {
      this.#undoValue();
      this.#fail("ZCBOR_ERR_NO_PAYLOAD", expected);
      return undefined;
    }
    this.#state.at = from + Number(length);
    return { from, to: this.#state.at };
  }

  /** Reads a number of 0 to 4294967295; a form of 8 bytes is refused as the library does, whatever its value. */
  uint32(expected: string): number | undefined {
    const value = this.#value(UNSIGNED, 4, expected);
    return value === undefined ? undefined : Number(value);
  }

  /** Reads the given number; any of its forms unless canonical. */
  expectNumber(wanted: number, expected: string): boolean {
    const value = this.#value(UNSIGNED, 8, expected);
    if (value === undefined) return false;
    if (value === BigInt(wanted)) return true;
    this.#undoValue();
    this.#fail("ZCBOR_ERR_WRONG_VALUE", expected);
    return false;
  }

  /** Opens a list. */
  startList(expected: string): boolean {
    return this.#startContainer(LIST, expected);
  }

  /** Opens a map; its keys and values count as elements. */
  startMap(expected: string): boolean {
    if (!this.#startContainer(MAP, expected)) return false;
    if (this.#state.indefinite) return true;
    if (this.#state.left >= MOST_ELEMENTS / 2n) {
      this.#undoValue();
      this.#fail("ZCBOR_ERR_INT_SIZE", expected);
      return false;
    }
    this.#state.left *= 2n;
    return true;
  }

  /** Closes the open list or map: all elements must be read, or a break follow. */
  endContainer(expected: string): boolean {
    const counted = !this.#state.indefinite;
    if (!counted) {
      const next = this.#bytes[this.#state.at];
      if (next !== BREAK) {
        this.#fail(next === undefined ? "ZCBOR_ERR_NO_PAYLOAD" : "ZCBOR_ERR_WRONG_TYPE", expected);
        return false;
      }
      this.#state.at++;
      this.#state.indefinite = false;
    }
    const { at, left } = this.#state;
    const outer = this.#saved.pop();
    if (outer === undefined) {
      this.#fail("ZCBOR_ERR_NO_BACKUP_ACTIVE", expected);
      return false;
    }
    this.#state = outer;
    if (counted && left > 0n) {
      this.#fail("ZCBOR_ERR_HIGH_ELEM_COUNT", expected, at);
      return false;
    }
    this.#state.at = at;
    return true;
  }

  /** Leaves the open list or map after a failure within it. */
  abandonContainer(): void {
    const { at } = this.#state;
    const outer = this.#saved.pop();
    if (outer !== undefined) this.#state = { ...outer, at };
  }

  /** Begins a union: each alternative is tried from here. */
  startUnion(): boolean {
    return this.#save(this.#state.left, "alternatives");
  }

  /** Goes back to where the union began, for its next alternative. */
  nextAlternative(): boolean {
    const start = this.#saved.at(-1);
    if (start === undefined) return false;
    this.#state = { ...start };
    return true;
  }

  /** Ends a union, whether or not an alternative fitted. */
  endUnion(): void {
    this.#saved.pop();
  }

  /**
   * Reads `least` to `most` elements with `read`; stops before the first that it cannot read, without complaint when
   * there were enough.
   */
  repeat<T>(least: number, most: number, read: () => T | undefined, expected: string): readonly T[] | undefined {
    const elements: T[] = [];
    while (elements.length < most) {
      const { at, left } = this.#state;
      const element = read();
      if (element === undefined) {
        this.#state.at = at;
        this.#state.left = left;
        if (elements.length >= least) return elements;
        this.#fail("ZCBOR_ERR_ITERATIONS", expected);
        return undefined;
      }
      elements.push(element);
    }
    return elements;
  }

  #startContainer(type: number, expected: string): boolean {
    const header = this.#bytes[this.#state.at];
    const indefinite = header !== undefined && header >> 5 === type && (header & 31) === INDEFINITE;
    const count = indefinite ? this.#indefiniteHead(expected) : this.#value(type, 8, expected);
    if (count === undefined) return false;
    if (!this.#save(count, expected)) {
      this.#undoValue();
      return false;
    }
    this.#state.indefinite = indefinite;
    return true;
  }

  #indefiniteHead(expected: string): bigint | undefined {
    if (this.#state.left === 0n || this.#canonical) {
      const error = this.#state.left === 0n ? "ZCBOR_ERR_LOW_ELEM_COUNT" : "ZCBOR_ERR_INVALID_VALUE_ENCODING";
      this.#fail(error, expected);
      return undefined;
    }
    this.#consumeHead(1);
    return ENDLESS_ELEMENTS;
  }

  /** The number in a head of the given type, at most `widest` bytes long after the first. */
  #value(type: number, widest: number, expected: string): bigint | undefined {
    const head = this.#head(type, widest);
    if (typeof head === "string") {
      this.#fail(head, expected);
      return undefined;
    }
    this.#consumeHead(head.length);
    return head.value;
  }

  #head(type: number, widest: number): { readonly value: bigint; readonly length: number } | ZcborError {
    const header = this.#bytes[this.#state.at];
    if (header === undefined) return "ZCBOR_ERR_NO_PAYLOAD";
    if (header >> 5 !== type) return "ZCBOR_ERR_WRONG_TYPE";
    if (this.#state.left === 0n) return "ZCBOR_ERR_LOW_ELEM_COUNT";
    const short = header & 31;
    if (short > 27) return "ZCBOR_ERR_ADDITIONAL_INVAL";
    const width = short < 24 ? 0 : 2 ** (short - 24);
    if (width > widest) return "ZCBOR_ERR_INT_SIZE";
    const from = this.#state.at + 1;
    if (from + width > this.#bytes.length) return "ZCBOR_ERR_NO_PAYLOAD";
    const value = width === 0 ? BigInt(short) : bigEndian(this.#bytes.subarray(from, from + width));
    const shortest = encodedHeadLength(value) === width + 1;
    return this.#canonical && !shortest ? "ZCBOR_ERR_INVALID_VALUE_ENCODING" : { value, length: width + 1 };
  }

  #consumeHead(length: number): void {
    this.#valueStart = this.#state.at;
    this.#state.at += length;
    this.#state.left--;
  }

  #undoValue(): void {
    this.#state.at = this.#valueStart;
    this.#state.left++;
  }

  #save(left: bigint, expected: string): boolean {
    if (this.#saved.length >= SAVED_STATES) {
      this.#fail("ZCBOR_ERR_NO_BACKUP_MEM", expected);
      return false;
    }
    this.#saved.push({ ...this.#state });
    this.#state.left = left;
    return true;
  }

  #fail(error: ZcborError, expected: string, offset = this.#state.at): void {
    this.#lastError = error;
    if (this.#furthest === undefined || offset > this.#furthest.offset) this.#furthest = { expected, offset, error };
  }
}

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return value;
}
