import { seededRandom } from "../../fakes/lossy-channel.ts";
import type { Cell } from "./cell.ts";

/**
 * A part of the table that holds every fault at least once, and every phase and transport: shuffled by the seed, a cell is taken when
 * it brings something that no earlier one has.
 */
export function selection(table: readonly Cell[], seed: number): readonly Cell[] {
  const random = seededRandom(seed);
  const shuffled = table
    .map((cell) => ({ cell, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ cell }) => cell);
  const seen = new Set<string>();
  return shuffled.filter(({ fault, phase, way, cause }) => {
    // The parts of the world that fail each see every phase in which the table lets them.
    const news = [`${cause.by} ${fault}`, `${phase} ${way}`].filter((name) => !seen.has(name));
    for (const name of news) seen.add(name);
    return news.length > 0;
  });
}
