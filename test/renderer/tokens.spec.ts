import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tokenThemes, type TokenColours } from "../../renderer/styles/tokens.ts";

const css = readFileSync(join(import.meta.dirname, "../../renderer/styles/tokens.css"), "utf8");
const themes = tokenThemes(css);
const TEXT = 4.5;
const SHAPE = 3;

/** Colour, its grounds, and the contrast that WCAG 2 wants. */
const PAIRS: readonly (readonly [string, string, number])[] = [
  ["ink", "canvas surface raised sunken pass-tint fail-tint error-tint aborted-tint accent-tint training-tint", TEXT],
  ["ink-2", "canvas surface raised sunken fail-tint error-tint pass-tint aborted-tint accent-tint", TEXT],
  ["ink-3", "canvas surface raised sunken heat-0", TEXT],
  ["accent", "canvas surface raised accent-tint", TEXT],
  ...["pass", "fail", "error", "aborted"].flatMap((state) => [
    [state, `canvas surface raised ${state}-tint`, TEXT] as const,
    [`on-${state}`, `${state}-fill`, TEXT] as const,
  ]),
  ["fail-fill", "canvas raised", SHAPE],
  ["pass-fill", "raised sunken", SHAPE],
  ["aborted-fill", "raised sunken", SHAPE],
  ["on-accent", "accent-fill accent-fill-hover", TEXT],
  ["accent-fill", "canvas raised", SHAPE],
  ["on-inverse", "inverse", TEXT],
  ["on-training", "training", TEXT],
  ["training", "raised training-tint", TEXT],
  ["line-strong", "canvas surface raised", SHAPE],
  ["focus", "canvas surface raised", SHAPE],
  ["accent", "sunken", SHAPE],
  ["chart-1", "raised surface", SHAPE],
  ["chart-2", "raised", SHAPE],
  ["on-heat-lo", "heat-0 heat-1 heat-2", TEXT],
  ["on-heat-hi", "heat-3", TEXT],
];

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return red * 0.2126 + green * 0.7152 + blue * 0.0722;
}

function contrast(one: string, other: string): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

function tooWeak(theme: TokenColours): readonly string[] {
  return PAIRS.flatMap(([colour, grounds, least]) =>
    grounds.split(" ").flatMap((ground) => {
      const ratio = contrast(theme[colour] ?? "", theme[ground] ?? "");
      return ratio >= least ? [] : [`${colour} on ${ground}: ${ratio.toFixed(2)}`];
    }),
  );
}

describe("the design tokens", () => {
  it("keep every pair of colours in use readable in light", () => {
    expect(tooWeak(themes.light)).toEqual([]);
  });

  it("keep every pair of colours in use readable in dark", () => {
    expect(tooWeak(themes.dark)).toEqual([]);
  });

  it("name the same colours in both themes", () => {
    expect(Object.keys(themes.dark).sort()).toEqual(Object.keys(themes.light).sort());
  });
});
