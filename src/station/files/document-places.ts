import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from "yaml";

/** Finds where the values and keys of a parsed document stand, however many there are. */
export class DocumentPlaces {
  readonly #parsed: Document.Parsed;
  readonly #indexes = new Map<YAMLMap, ReadonlyMap<unknown, Pair>>();

  constructor(parsed: Document.Parsed) {
    this.#parsed = parsed;
  }

  /** Offset of the value at `path`; of a value that is not there, of the nearest one around it. */
  offsetOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length >= 0; length--) {
      const found = this.#nodeAt(path.slice(0, length));
      if (found !== undefined) return found.range?.[0] ?? 0;
    }
    return 0;
  }

  /** Offset of the key at the end of `path`. */
  keyOffsetOf(path: readonly PropertyKey[]): number {
    const around = this.#nodeAt(path.slice(0, -1));
    const key = isMap(around) ? this.#pairsOf(around).get(path.at(-1))?.key : undefined;
    return isScalar(key) ? (key.range?.[0] ?? 0) : this.offsetOf(path);
  }

  #nodeAt(path: readonly PropertyKey[]): Node | undefined {
    let node: unknown = this.#parsed.contents;
    for (const part of path) {
      const target: unknown = isAlias(node) ? node.resolve(this.#parsed) : node;
      if (isMap(target)) node = this.#pairsOf(target).get(part)?.value;
      else if (isSeq(target)) node = target.get(part, true);
      else return undefined;
    }
    return isNode(node) ? node : undefined;
  }

  /** The pairs of a map by their keys: a map keeps them as a list, in which every look-up goes through all of them. */
  #pairsOf(map: YAMLMap): ReadonlyMap<unknown, Pair> {
    const known = this.#indexes.get(map);
    if (known !== undefined) return known;
    const index = new Map(map.items.map((pair) => [isScalar(pair.key) ? pair.key.value : pair.key, pair] as const));
    this.#indexes.set(map, index);
    return index;
  }
}

function isNode(node: unknown): node is Node {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
}
