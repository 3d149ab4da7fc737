import tokensCss from "../../styles/tokens.css?raw";
import { tokenThemes } from "../../styles/tokens.ts";

/** The colours and the type of pictures, read from the tokens of the theme in force. */
export type ChartTheme = Readonly<Record<Colour, string>> & {
  readonly font: string;
  /** Size of axis labels in px; the smallest there is. */
  readonly size: number;
};

const COLOURS = {
  ...{ raised: "raised", line: "line", lineStrong: "line-strong", ink: "ink", ink2: "ink-2", ink3: "ink-3" },
  ...{ chart: "chart-1", chart2: "chart-2", fail: "fail-fill", training: "training" },
  ...{
    heat0: "heat-0",
    heat1: "heat-1",
    heat2: "heat-2",
    heat3: "heat-3",
    onHeatLow: "on-heat-lo",
    onHeatHigh: "on-heat-hi",
  },
} as const;
type Colour = keyof typeof COLOURS;

const BASE = 16;
const CAPTION = 13;

/** The theme of the page, as its tokens are now. */
export function pageTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const root = Number.parseFloat(style.fontSize);
  const scale = Number.isNaN(root) ? 1 : root / BASE;
  return themeOf((name) => style.getPropertyValue(`--${name}`).trim(), Math.round(CAPTION * scale));
}

/** The light theme, whatever the page has: documents are light. `size` in px. */
export function printTheme(size: number): ChartTheme {
  const { light } = tokenThemes(tokensCss);
  return themeOf((name) => light[name] ?? "", size);
}

function themeOf(colour: (name: string) => string, size: number): ChartTheme {
  const names = Object.keys(COLOURS) as readonly Colour[];
  const colours = Object.fromEntries(names.map((name) => [name, colour(COLOURS[name])])) as Record<Colour, string>;
  return { ...colours, font: getComputedStyle(document.documentElement).getPropertyValue("--font").trim(), size };
}

/** The colour with less of it: for bars that are not over, or beyond the ninth decile. `#RRGGBB`. */
export function faint(colour: string): string {
  return `${colour}4d`;
}
