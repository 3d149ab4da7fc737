import type { ChartTheme } from "./chart-theme.ts";

/** Room around a picture's plot for its labels, in px. */
export const GRID = {
  left: 4,
  right: 8,
  top: 22,
  bottom: 2,
  outerBoundsMode: "same",
  outerBoundsContain: "axisLabel",
} as const;

/** What every picture has: no animation (numbers stand still), and the type of the page. */
export function chartBase({ font, ink3, size }: ChartTheme) {
  return { animation: false, textStyle: { fontFamily: font, fontSize: size, color: ink3 } };
}

/** An axis of names without ticks. */
export function nameAxis({ ink3, size, font, line }: ChartTheme, names: readonly string[]) {
  return {
    type: "category" as const,
    data: [...names],
    axisTick: { show: false },
    axisLine: { lineStyle: { color: line } },
    axisLabel: { color: ink3, fontSize: size, fontFamily: font, hideOverlap: true },
  };
}

/** An axis of numbers with quiet lines across the plot. */
export function numberAxis({ ink3, size, font, line }: ChartTheme) {
  return {
    type: "value" as const,
    axisLabel: { color: ink3, fontSize: size, fontFamily: font },
    splitLine: { lineStyle: { color: line } },
    axisLine: { show: false },
    axisTick: { show: false },
    splitNumber: 3,
  };
}

/** A figure at a bar or a point. */
export function figureLabel({ ink, size, font }: ChartTheme) {
  return { color: ink, fontSize: size, fontFamily: font, fontWeight: 600 };
}

/** A line across the plot with a word at its end. */
export function markedLine({ ink, ink2, size, font, raised }: ChartTheme, dashed: boolean) {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: ink2, width: 1.5, type: dashed ? ("dashed" as const) : ("solid" as const) },
    label: {
      color: ink,
      fontSize: size,
      fontFamily: font,
      fontWeight: 600,
      textBorderColor: raised,
      textBorderWidth: 3,
    },
  };
}
