/** Height of a row in px at the usual text size. */
export const ROW_HEIGHT = 44;

/**
 * Browsers lay out no element higher than about 33 million px; a million rows would be higher. Up to this height the
 * list scrolls pixel by pixel, above it the scrollbar stands for the whole list and the wheel still moves by rows.
 */
const TALLEST = 8_000_000;

/** How a list of rows lies in its scrolling area; heights in px. */
export type RowSpace = { readonly total: number; readonly rowHeight: number; readonly viewport: number };

/** The rows to draw: from `first` up to but without `end`. */
export type RowWindow = { readonly first: number; readonly end: number };

/** The height of the scrolling area. */
export function areaHeight({ total, rowHeight }: RowSpace): number {
  return Math.min(total * rowHeight, TALLEST);
}

/** Whether the scrollbar stands for more than its pixels. */
export function isScaled({ total, rowHeight }: RowSpace): boolean {
  return total * rowHeight > TALLEST;
}

/** The row at the upper edge, with the fraction that is scrolled away, for a scroll position. */
export function topOf(space: RowSpace, scroll: number): number {
  if (!isScaled(space)) return scroll / space.rowHeight;
  return (scroll / scrollRange(space)) * topRange(space);
}

/** The scroll position that brings a row to the upper edge. */
export function scrollOf(space: RowSpace, top: number): number {
  if (!isScaled(space)) return top * space.rowHeight;
  return (top / topRange(space)) * scrollRange(space);
}

/** `top` kept within the list. */
export function clampTop(space: RowSpace, top: number): number {
  return Math.min(Math.max(0, top), topRange(space));
}

/** The rows that are in sight, and `over` more on both sides. */
export function windowOf(space: RowSpace, top: number, over: number): RowWindow {
  const first = Math.max(0, Math.floor(top) - over);
  const end = Math.min(space.total, Math.ceil(top + rowsInSight(space)) + over);
  return { first, end: Math.max(first, end) };
}

/** Where the upper edge must be so that a row is wholly in sight, moving as little as possible. */
export function topToShow(space: RowSpace, top: number, row: number): number {
  const lowest = row - rowsInSight(space) + 1;
  return clampTop(space, Math.max(lowest, Math.min(top, row)));
}

/** Whole and broken rows that fit. */
export function rowsInSight({ viewport, rowHeight }: RowSpace): number {
  return viewport / rowHeight;
}

function topRange(space: RowSpace): number {
  return Math.max(0, space.total - rowsInSight(space));
}

function scrollRange(space: RowSpace): number {
  return Math.max(1, areaHeight(space) - space.viewport);
}
