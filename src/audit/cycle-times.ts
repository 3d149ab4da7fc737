import { LONGEST, type CycleTimes } from "../contract/report.ts";

/** So many bins show the shape of many runs and still have room for their labels; few runs would lie scattered in them. */
const BINS = { least: 5, most: 16 } as const;
/** Widths that people count in, in ms: 1 ms to 10 min, then hours. */
const WIDTHS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 360, 720].map((minutes) => minutes * 60_000),
];
/** Beyond this multiple of the ninth decile lies what went wrong: the last bin takes it, and the others keep their width. */
const TAIL = 1.5;

/** Lengths of time gathered in no order, without a limit to their number: 8 bytes each. */
export class Times {
  #values = new Float64Array(1024);
  #length = 0;

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** All of them, the shortest first. */
  sorted(): Float64Array {
    return this.#values.slice(0, this.#length).sort();
  }
}

/** Median, ninth decile and histogram of lengths of time in ms, the shortest first; undefined of none. */
export function cycleTimes(sorted: Float64Array): CycleTimes | undefined {
  const shortest = sorted[0];
  const longest = sorted.at(-1);
  if (shortest === undefined || longest === undefined) return undefined;
  const p90 = quantile(sorted, 0.9);
  const end = Math.min(longest, Math.max(p90 * TAIL, shortest));
  const width = widthFor(end - shortest, wantedBins(sorted.length));
  const first = Math.floor(shortest / width) * width;
  const bins = Math.min(LONGEST.bins, Math.floor((end - first) / width) + 1);
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) {
    const bin = Math.min(bins - 1, Math.floor((value - first) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    ...{ runs: sorted.length, median: quantile(sorted, 0.5), p90, shortest, longest, width },
    bins: counts.map((runs, index) => ({ from: first + index * width, runs })),
  };
}

/** The smallest of the values that at least `share` of all do not exceed (nearest rank). */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Twice the cube root of the number of values (Rice's rule), within bounds. */
function wantedBins(values: number): number {
  return Math.min(BINS.most, Math.max(BINS.least, Math.ceil(2 * Math.cbrt(values))));
}

function widthFor(span: number, bins: number): number {
  const known = WIDTHS.find((width) => span / width <= bins);
  // Longer than a week of bins: no width that people count in fits.
  return known ?? Math.ceil(span / bins);
}
