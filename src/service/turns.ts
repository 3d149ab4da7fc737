import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../core/clock.ts";
import { milliseconds } from "../core/duration.ts";

/** How long one piece of a bulk call may keep others waiting, unless that were too few items for what a piece costs. */
const SLICE = milliseconds(25);
const LEAST_ITEMS = 25;

/**
 * Works through many items in pieces of 25 ms or 25 items, so that other requests get their turn between the pieces.
 * @param inPiece runs one piece, for example in a transaction
 */
export async function inTurns<Item>(
  clock: Clock,
  items: readonly Item[],
  inPiece: (piece: () => void) => void,
  work: (item: Item, index: number) => void,
): Promise<void> {
  const next = { index: 0 };
  while (next.index < items.length) {
    await turn();
    const started = clock.monotonic();
    const least = next.index + LEAST_ITEMS;
    const goesOn = (): boolean => next.index < least || clock.monotonic() - started < SLICE;
    inPiece(() => {
      do {
        const item = items[next.index];
        if (item !== undefined) work(item, next.index);
        next.index += 1;
      } while (next.index < items.length && goesOn());
    });
  }
}
