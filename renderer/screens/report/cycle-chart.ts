import type { CycleTimes } from "../../../src/contract/report.ts";
import { chartBase, GRID, markedLine, numberAxis } from "./chart-axes.ts";
import type { ChartOption } from "./chart-kit.ts";
import { faint, type ChartTheme } from "./chart-theme.ts";
import { lengthText } from "./report-numbers.ts";
import type { Words } from "./words.ts";

const BAR_GAP = 1.5;

/** What a custom series gives the function that draws an item, as far as it is used here. */
type Drawing = {
  readonly value: (dimension: number) => number;
  readonly coord: (point: readonly number[]) => readonly number[];
};

/** How long passed runs took: a histogram, with median and ninth decile as lines. */
export function cycleChart({ bins, width, median, p90 }: CycleTimes, theme: ChartTheme, words: Words): ChartOption {
  const first = bins[0]?.from ?? 0;
  const end = first + bins.length * width;
  const nearTheEnd = p90 > first + (end - first) * 0.72;
  const text = (ms: number): string => lengthText(ms, words.language, width);
  return {
    ...chartBase(theme),
    grid: { ...GRID, top: nearTheEnd ? 42 : 26, right: 16 },
    xAxis: {
      ...numberAxis(theme),
      ...{ min: first, max: end, splitLine: { show: false }, interval: labelStep(bins.length) * width },
      axisLine: { show: true, lineStyle: { color: theme.line } },
      axisLabel: {
        ...numberAxis(theme).axisLabel,
        hideOverlap: true,
        formatter: text,
      },
    },
    yAxis: { ...numberAxis(theme), minInterval: 1 },
    series: [
      {
        ...{ type: "custom", silent: true, clip: true, data: bins.map(({ from, runs }) => [from, runs]) },
        renderItem: (_: unknown, api: Drawing) => bar(api, width, p90, theme),
        markLine: {
          ...markedLine(theme, false),
          data: [
            {
              xAxis: median,
              label: {
                formatter: words.text("half", { time: text(median) }),
                align: "right",
                padding: [0, 4, 0, 0],
              },
            },
            {
              xAxis: p90,
              label: {
                formatter: words.text("nineTenths", { time: text(p90) }),
                align: nearTheEnd ? "right" : "left",
                padding: [0, 4, 0, 4],
                offset: nearTheEnd ? [0, -16] : [0, 0],
              },
            },
          ],
        },
      },
    ],
  };
}

function bar(api: Drawing, width: number, p90: number, { chart }: ChartTheme) {
  const [from, runs] = [api.value(0), api.value(1)];
  const [left = 0, top = 0] = api.coord([from, runs]);
  const [right = 0, bottom = 0] = api.coord([from + width, 0]);
  const shape = {
    ...{ x: left + BAR_GAP, y: top, width: Math.max(1, right - left - 2 * BAR_GAP), height: bottom - top },
    r: [2, 2, 0, 0],
  };
  // Beyond the ninth decile: the slow tenth.
  const style = from >= p90 ? { fill: faint(chart), stroke: chart, lineWidth: 1.5 } : { fill: chart };
  return { type: "rect", shape, style };
}

function labelStep(bins: number): number {
  return Math.max(1, Math.ceil(bins / 6));
}
