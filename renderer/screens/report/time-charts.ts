import { judgedOf, type Report } from "../../../src/contract/report.ts";
import { chartBase, figureLabel, GRID, markedLine, nameAxis, numberAxis } from "./chart-axes.ts";
import type { ChartOption } from "./chart-kit.ts";
import { faint, type ChartTheme } from "./chart-theme.ts";
import { bucketLabel, yieldOf } from "./report-numbers.ts";
import type { Words } from "./words.ts";

/** With more points than this, figures at them would not stand apart. */
const MOST_FIGURES = 16;
const PERCENT = 100;

/** Yield over time, in percent, with the yield of all as a dashed line. */
export function yieldChart({ buckets, interval, runs }: Report, theme: ChartTheme, words: Words): ChartOption {
  const shares = buckets.map((bucket) => yieldOf(bucket));
  const lowest = Math.min(...shares.filter((share) => share !== undefined), 1);
  const all = yieldOf(runs);
  const show = shares.length <= MOST_FIGURES;
  return {
    ...chartBase(theme),
    grid: { ...GRID, right: 76 },
    xAxis: nameAxis(
      theme,
      buckets.map((bucket) => bucketLabel(bucket, interval, words.language)),
    ),
    yAxis: { ...numberAxis(theme), min: floorOf(lowest), max: PERCENT },
    series: [
      {
        ...{
          type: "line",
          silent: true,
          data: shares.map((share, index) => point(share, shares[index - 1], shares[index + 1])),
        },
        ...{ symbol: "circle", symbolSize: show ? 9 : 5, showAllSymbol: true },
        lineStyle: { color: theme.chart, width: 2.5 },
        itemStyle: { color: theme.chart },
        label: {
          ...figureLabel(theme),
          ...{ show, position: "top", distance: 8 },
          formatter: ({ value }: { readonly value: number }) => figure(value / PERCENT, words),
        },
        ...(all === undefined
          ? {}
          : {
              markLine: {
                ...markedLine(theme, true),
                data: [{ yAxis: all * PERCENT }],
                label: {
                  ...figureLabel(theme),
                  fontWeight: 400,
                  color: theme.ink3,
                  formatter: words.text("allYield", { yield: figure(all, words) }),
                },
              },
            }),
      },
    ],
  };
}

/** Judged runs by the interval in which they began; `now`: the last interval is not over. */
export function throughputChart(
  { buckets, interval }: Report,
  theme: ChartTheme,
  words: Words,
  now: boolean,
): ChartOption {
  const labels = buckets.map((bucket) => bucketLabel(bucket, interval, words.language));
  const last = labels.length - 1;
  return {
    ...chartBase(theme),
    grid: GRID,
    xAxis: nameAxis(theme, now ? labels.with(last, words.text("soFar", { time: labels[last] ?? "" })) : labels),
    yAxis: { ...numberAxis(theme), minInterval: 1 },
    series: [
      {
        ...{ type: "bar", silent: true, barMaxWidth: 64, barCategoryGap: "38%" },
        itemStyle: { color: theme.chart, borderRadius: [2, 2, 0, 0] },
        label: { ...figureLabel(theme), show: labels.length <= MOST_FIGURES, position: "top" },
        data: buckets.map((bucket, index) => {
          const value = judgedOf(bucket);
          if (!now || index !== last) return value;
          return { value, itemStyle: { color: faint(theme.chart), borderColor: theme.chart, borderWidth: 1.5 } };
        }),
      },
    ],
  };
}

/** A point with its figure on the side where the line is not; in a gap there is none. */
function point(share: number | undefined, before = 0, after = 0) {
  if (share === undefined) return null;
  const valley = share < before && share < after;
  return { value: share * PERCENT, label: { position: valley ? "bottom" : "top" } };
}

/** The round percentage below the lowest point: small differences at the top stay visible, low yields are not cut off. */
function floorOf(lowest: number): number {
  const percent = lowest * PERCENT;
  const step = percent >= 95 ? 2 : percent >= 80 ? 5 : 20;
  return Math.max(0, Math.floor((percent - step / 2) / step) * step);
}

function figure(share: number, words: Words): string {
  return new Intl.NumberFormat(words.language, {
    ...{ minimumFractionDigits: 1, maximumFractionDigits: 1, roundingMode: "floor" },
  }).format(share * PERCENT);
}
