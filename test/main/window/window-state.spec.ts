import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fitWindow, readWindowState, writeWindowState } from "../../../main/window/window-state.ts";

const SCREEN = { x: 0, y: 0, width: 1920, height: 1040 };
const SECOND = { x: 1920, y: 0, width: 1280, height: 984 };

describe("fitWindow", () => {
  it("opens at the usual size in the middle of the first screen", () => {
    expect(fitWindow(undefined, [SCREEN])).toEqual({
      bounds: { x: 240, y: 70, width: 1440, height: 900 },
      maximized: false,
    });
  });

  it("opens where it was, also on a second screen", () => {
    const state = { bounds: { x: 2000, y: 20, width: 1100, height: 800 }, maximized: true };
    expect(fitWindow(state, [SCREEN, SECOND])).toEqual(state);
  });

  it("comes back to the first screen when its own is gone", () => {
    const state = { bounds: { x: 2000, y: 20, width: 1100, height: 800 }, maximized: false };
    expect(fitWindow(state, [SCREEN]).bounds).toEqual({ x: 410, y: 120, width: 1100, height: 800 });
  });

  it("always fits a screen, whatever was kept", () => {
    const side = fc.integer({ min: 1, max: 20_000 });
    const place = fc.integer({ min: -40_000, max: 40_000 });
    fc.assert(
      fc.property(fc.record({ x: place, y: place, width: side, height: side }), (bounds) => {
        const fitted = fitWindow({ bounds, maximized: false }, [SCREEN, SECOND]).bounds;
        const inside = [SCREEN, SECOND].some(
          ({ x, y, width, height }) =>
            fitted.x >= x &&
            fitted.y >= y &&
            fitted.x + fitted.width <= x + width &&
            fitted.y + fitted.height <= y + height,
        );
        expect(inside).toBe(true);
      }),
    );
  });
});

describe("the kept state", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "window-state-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is read as it was written", () => {
    const file = join(folder, "window.json");
    const state = { bounds: { x: 1, y: 2, width: 1100, height: 800 }, maximized: true };
    writeWindowState(file, state);
    expect(readWindowState(file)).toEqual(state);
  });

  it.each(["", "{", "null", '{"bounds":{"x":1},"maximized":true}', '{"bounds":[],"maximized":1}'])(
    "counts as absent when the file holds %j",
    (text) => {
      const file = join(folder, "window.json");
      writeFileSync(file, text);
      expect(readWindowState(file)).toBeUndefined();
    },
  );

  it("is not missed when it cannot be written", () => {
    expect(() => writeWindowState(join(folder, "none", "window.json"), fitWindow(undefined, []))).not.toThrow();
  });
});
