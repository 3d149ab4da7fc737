import type { SlotPlace } from "../../../src/contract/desktop-snapshot.ts";
import type { SlotId } from "../../../src/core/ids.ts";

/** Steps in rows and columns by key. */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The slot that an arrow key, Home or End leads to from `from`; gaps in the tray are passed over; undefined: the edge, or another key. */
export function walk(places: readonly SlotPlace[], from: SlotId, key: string): SlotId | undefined {
  if (key === "Home") return places[0]?.slot;
  if (key === "End") return places.at(-1)?.slot;
  const here = places.find(({ slot }) => slot === from);
  const step = STEPS[key];
  if (here === undefined || step === undefined) return undefined;
  const [down, right] = step;
  const ahead = places.filter(
    ({ row, column }) => isAhead(row - here.row, down) && isAhead(column - here.column, right),
  );
  const distance = (place: SlotPlace): number => Math.abs(place.row - here.row) + Math.abs(place.column - here.column);
  return ahead.sort((one, other) => distance(one) - distance(other))[0]?.slot;
}

function isAhead(offset: number, step: number): boolean {
  return step === 0 ? offset === 0 : Math.sign(offset) === step;
}

/** The next of `slots` after `from` in their order, around the end; `back`: the previous one. */
export function around(slots: readonly SlotId[], all: readonly SlotId[], from: SlotId | undefined, back: boolean) {
  if (slots.length === 0) return undefined;
  const here = from === undefined ? -1 : all.indexOf(from);
  const places = slots.map((slot) => ({ slot, at: all.indexOf(slot) }));
  if (back) return (places.findLast(({ at }) => at < here) ?? places.at(-1))?.slot;
  return (places.find(({ at }) => at > here) ?? places[0])?.slot;
}
