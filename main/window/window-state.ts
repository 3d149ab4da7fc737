import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

const RectangleSchema = z.strictObject({
  ...{ x: z.int(), y: z.int() },
  ...{ width: z.int().min(1).max(20_000), height: z.int().min(1).max(20_000) },
});
/** A rectangle on the desktop, in device-independent pixels. */
export type Rectangle = z.output<typeof RectangleSchema>;

const WindowStateSchema = z.strictObject({ bounds: RectangleSchema, maximized: z.boolean() });
/** Where the window was: its normal bounds, and whether it filled the screen. */
export type WindowState = z.output<typeof WindowStateSchema>;

/** What the window is at least and what it is at first. */
export const SMALLEST = { width: 1024, height: 640 } as const;
const USUAL = { width: 1440, height: 900 } as const;
/** How much of the window must lie on a screen for a person to get hold of it. */
const GRIP = 64;

/** The bounds to open with: the kept ones as far as they fit the screens of today, else the usual size in the middle of the first. */
export function fitWindow(kept: WindowState | undefined, screens: readonly Rectangle[]): WindowState {
  const [first = { x: 0, y: 0, ...USUAL }] = screens;
  if (kept === undefined) return { bounds: centred(USUAL, first), maximized: false };
  const home = screens.find((screen) => overlap(kept.bounds, screen) >= GRIP);
  if (home === undefined) return { bounds: centred(kept.bounds, first), maximized: kept.maximized };
  const size = bounded(kept.bounds, home);
  const x = clamp(kept.bounds.x, home.x, home.x + home.width - size.width);
  const y = clamp(kept.bounds.y, home.y, home.y + home.height - size.height);
  return { bounds: { x, y, ...size }, maximized: kept.maximized };
}

/** The kept state; undefined when there is none or it is damaged. */
export function readWindowState(file: string): WindowState | undefined {
  try {
    const state = WindowStateSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return state.success ? state.data : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the state; a disk that does not take it costs only the place of the window. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(file, `${JSON.stringify(state)}\n`);
  } catch {
    // The next start opens the window at its usual place.
  }
}

type Size = { readonly width: number; readonly height: number };

function centred(size: Size, screen: Rectangle): Rectangle {
  const { width, height } = bounded(size, screen);
  const x = screen.x + Math.round((screen.width - width) / 2);
  const y = screen.y + Math.round((screen.height - height) / 2);
  return { x, y, width, height };
}

function bounded({ width, height }: Size, screen: Size): Size {
  return {
    width: Math.min(Math.max(width, SMALLEST.width), screen.width),
    height: Math.min(Math.max(height, SMALLEST.height), screen.height),
  };
}

/** The smaller side of the area that two rectangles share; 0 or less: none. */
function overlap(one: Rectangle, other: Rectangle): number {
  const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.min(across, down);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
