import fc from "fast-check";
import type { Seed } from "./corpus.ts";

/** One change of some bytes; every place is taken modulo the length that there is. */
type Edit =
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "set"; readonly at: number; readonly value: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "remove"; readonly at: number; readonly count: number }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "repeat"; readonly at: number; readonly count: number; readonly times: number }
  | {
      readonly kind: "splice";
      readonly at: number;
      readonly seed: number;
      readonly from: number;
      readonly count: number;
    }
  | { readonly kind: "length"; readonly at: number; readonly width: number; readonly value: number };

/** The longest input that comes out of changes, in bytes. */
const LONGEST = 131_072;
/** Values at which lengths and counts go wrong. */
const EDGES = [
  0, 1, 0x17, 0x18, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0xffffffff,
];

/** An input that a run was given; fast-check prints where it comes from and how it was changed. */
export class Input {
  readonly seed: string;
  readonly bytes: Uint8Array;
  readonly #edits: readonly Edit[];

  constructor(seed: string, bytes: Uint8Array, edits: readonly Edit[] = []) {
    this.seed = seed;
    this.bytes = bytes;
    this.#edits = edits;
  }

  get text(): string {
    return Buffer.from(this.bytes).toString("utf8");
  }

  /** The same at the start of a file name, with what tells it apart. */
  [fc.toStringMethod](): string {
    return `${this.seed} with ${JSON.stringify(this.#edits)}`;
  }
}

/** Seeds as they are, changed in up to eight places, or bytes that nobody made. */
export function inputs(seeds: readonly Seed[], dictionary: readonly (string | Uint8Array)[]): fc.Arbitrary<Input> {
  const tokens = dictionary.map((token) => (typeof token === "string" ? Buffer.from(token, "latin1") : token));
  const changed = fc
    .record({ seed: fc.nat(seeds.length - 1), edits: fc.array(edit(tokens, seeds.length), { maxLength: 8 }) })
    .map(({ seed, edits }) => {
      const { name, bytes } = seeds[seed] ?? { name: "nothing", bytes: new Uint8Array(0) };
      return new Input(
        name,
        edits.reduce((now, one) => changedBy(one, now, seeds), bytes),
        edits,
      );
    });
  const noise = fc
    .uint8Array({ maxLength: 300 })
    .map((bytes) => new Input(`noise ${Buffer.from(bytes).toString("hex")}`, bytes));
  return fc.oneof({ weight: 9, arbitrary: changed }, { weight: 1, arbitrary: noise });
}

function edit(tokens: readonly Uint8Array[], seeds: number): fc.Arbitrary<Edit> {
  const at = fc.nat(LONGEST);
  const count = fc.oneof(fc.nat(16), fc.nat(4096));
  return fc.oneof(
    fc.record({ kind: fc.constant("flip" as const), at, bit: fc.nat(7) }),
    fc.record({
      kind: fc.constant("set" as const),
      at,
      value: fc.oneof(fc.nat(255), fc.constantFrom(...EDGES.slice(0, 7))),
    }),
    fc.record({ kind: fc.constant("cut" as const), at }),
    fc.record({ kind: fc.constant("remove" as const), at, count }),
    fc.record({ kind: fc.constant("insert" as const), at, bytes: fc.constantFrom(...tokens, Uint8Array.of(0)) }),
    fc.record({ kind: fc.constant("repeat" as const), at, count, times: fc.oneof(fc.nat(3), fc.nat(300)) }),
    fc.record({ kind: fc.constant("splice" as const), at, seed: fc.nat(seeds - 1), from: fc.nat(LONGEST), count }),
    fc.record({
      ...{ kind: fc.constant("length" as const), at, width: fc.integer({ min: 1, max: 4 }) },
      value: fc.constantFrom(...EDGES),
    }),
  );
}

function changedBy(edit: Edit, bytes: Uint8Array, seeds: readonly Seed[]): Uint8Array {
  const at = bytes.length === 0 ? 0 : edit.at % bytes.length;
  const replaced = (count: number, ...by: readonly Uint8Array[]): Uint8Array =>
    Uint8Array.from(Buffer.concat([bytes.subarray(0, at), ...by, bytes.subarray(at + count)]).subarray(0, LONGEST));
  switch (edit.kind) {
    case "flip":
      return replaced(1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << edit.bit)));
    case "set":
      return replaced(1, Uint8Array.of(edit.value));
    case "cut":
      return bytes.subarray(0, at);
    case "remove":
      return replaced(edit.count);
    case "insert":
      return replaced(0, edit.bytes);
    case "repeat": {
      const part = bytes.subarray(at, at + Math.min(edit.count, bytes.length));
      const times = Math.min(edit.times, Math.floor(LONGEST / Math.max(1, part.length)));
      return replaced(0, ...Array.from({ length: times }, () => part));
    }
    case "splice": {
      const other = seeds[edit.seed]?.bytes ?? bytes;
      const from = other.length === 0 ? 0 : edit.from % other.length;
      return replaced(0, other.subarray(from, from + edit.count));
    }
    case "length":
      return replaced(edit.width, bigEndian(edit.value, edit.width));
  }
}

function bigEndian(value: number, width: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, index) => Math.floor(value / 2 ** (8 * (width - 1 - index))) & 255);
}
