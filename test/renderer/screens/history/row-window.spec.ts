import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  areaHeight,
  clampTop,
  isScaled,
  scrollOf,
  topOf,
  topToShow,
  windowOf,
} from "../../../../renderer/screens/history/row-window.ts";

const space = (total: number, viewport = 572) => ({ total, rowHeight: 44, viewport });

describe("the rows in sight", () => {
  it("scroll pixel by pixel in lists that a browser can lay out", () => {
    expect(isScaled(space(10_000))).toBe(false);
    expect(topOf(space(10_000), 440)).toBe(10);
    expect(scrollOf(space(10_000), 10)).toBe(440);
  });

  it("cover a million rows from the first to the last", () => {
    const million = space(1_000_000);
    expect(areaHeight(million)).toBeLessThan(16_000_000);
    expect(topOf(million, 0)).toBe(0);
    const bottom = topOf(million, areaHeight(million) - million.viewport);
    expect(windowOf(million, bottom, 0).end).toBe(1_000_000);
  });

  it("come back to the same place from any scroll position", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 2_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, part) => {
          const top = clampTop(space(total), part * total);
          expect(topOf(space(total), scrollOf(space(total), top))).toBeCloseTo(top, 3);
        },
      ),
    );
  });

  it("stay within the list with some more on both sides", () => {
    expect(windowOf(space(1000), 100.5, 5)).toEqual({ first: 95, end: 119 });
    expect(windowOf(space(3), 0, 5)).toEqual({ first: 0, end: 3 });
    expect(windowOf(space(0), 0, 5)).toEqual({ first: 0, end: 0 });
    expect(clampTop(space(1000), -3)).toBe(0);
    expect(clampTop(space(1000), 5000)).toBe(987);
    expect(clampTop(space(5), 3)).toBe(0);
  });

  it("move as little as possible to show a row", () => {
    expect(topToShow(space(1000), 100, 105)).toBe(100);
    expect(topToShow(space(1000), 100, 99)).toBe(99);
    expect(topToShow(space(1000), 100, 113)).toBe(101);
  });
});
