import { judgedOf, type Group, type Report } from "../../../src/contract/report.ts";
import { stationWord } from "../../components/station-word.ts";
import { chartBase, figureLabel, nameAxis } from "./chart-axes.ts";
import type { ChartOption } from "./chart-kit.ts";
import type { ChartTheme } from "./chart-theme.ts";
import { failuresOf, shareOf } from "./report-numbers.ts";
import type { Words } from "./words.ts";

/** By what failures are shown. */
const BREAKDOWNS = ["reason", "recipe", "operator", "station"] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

/** The breakdowns that a report has: by station where it is of a whole line. */
export function breakdownsOf({ line }: Pick<Report, "line">): readonly Breakdown[] {
  return line === undefined ? BREAKDOWNS.filter((by) => by !== "station") : BREAKDOWNS;
}

/** A bar: its name, its failures, and the share beside it (running share of all failures, or share of its own judged runs). */
export type FailureBar = {
  readonly name: string;
  readonly fail: number;
  readonly error: number;
  readonly share: number | undefined;
  /** Of its own runs; absent where bars are of reasons. */
  readonly runs?: { readonly judged: number; readonly passed: number };
  /** Drawn strong: the reasons that make half of all failures. */
  readonly main: boolean;
};

const MOST_BARS = 6;

/** The bars of a breakdown, all of them. */
export function failureBars(report: Report, by: Breakdown, words: Words): readonly FailureBar[] {
  switch (by) {
    case "reason":
      return reasonBars(report, words);
    case "recipe":
      return groupBars(report.recipes, words);
    case "operator":
      return groupBars(report.operators, words);
    case "station":
      return groupBars({ groups: stationGroups(report) }, words);
  }
}

/** Failures as bars, the most first; what is beyond six is added up. */
export function failureChart(bars: readonly FailureBar[], theme: ChartTheme, words: Words): ChartOption {
  const shown =
    bars.length > MOST_BARS ? [...bars.slice(0, MOST_BARS - 1), others(bars.slice(MOST_BARS - 1), words)] : bars;
  const axis = { inverse: true, axisLine: { show: false }, axisTick: { show: false } };
  const names = nameAxis(
    theme,
    shown.map(({ name }) => name),
  );
  const shares = nameAxis(
    theme,
    shown.map(({ share }) => (share === undefined ? "" : words.percent(share))),
  );
  return {
    ...chartBase(theme),
    grid: { left: 0, right: 0, top: 4, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { type: "value", show: false, max: ({ max }: { readonly max: number }) => Math.max(1, max * 1.14) },
    yAxis: [
      {
        ...names,
        ...axis,
        axisLabel: { ...names.axisLabel, color: theme.ink, width: 150, overflow: "truncate", interval: 0 },
      },
      { ...shares, ...axis, position: "right", axisLabel: { ...shares.axisLabel, interval: 0 } },
    ],
    series: [
      {
        ...{ type: "bar", silent: true, barMaxWidth: 28, barCategoryGap: "38%" },
        label: { ...figureLabel(theme), show: true, position: "right" },
        data: shown.map((bar) => {
          return { value: failuresOf(bar), itemStyle: { color: bar.main ? theme.fail : theme.chart, borderRadius: 2 } };
        }),
      },
    ],
  };
}

function stationGroups({ line }: Report): Group[] {
  const stations = line?.stations ?? [];
  return stations.map(({ id, name: _name, ...endings }) => ({ name: stationWord(stations, id), ...endings }));
}

function reasonBars(report: Report, words: Words): readonly FailureBar[] {
  const { codes, rest } = report.codes;
  const merged = new Map<string, { fail: number; error: number }>();
  for (const { code, fail, error } of codes) {
    const name = words.reason(code);
    const known = merged.get(name) ?? { fail: 0, error: 0 };
    merged.set(name, { fail: known.fail + fail, error: known.error + error });
  }
  const named = [...merged]
    .map(([name, counts]) => ({ name, ...counts }))
    .sort((one, other) => failuresOf(other) - failuresOf(one));
  const all =
    rest === undefined ? named : [...named, { name: words.text("others"), fail: rest.fail, error: rest.error }];
  const total = all.reduce((sum, each) => sum + failuresOf(each), 0);
  let running = 0;
  return all.map((each) => {
    const main = running * 2 < total;
    running += failuresOf(each);
    return { ...each, share: shareOf(running, total), main };
  });
}

function groupBars({ groups, rest }: Report["recipes"], words: Words): readonly FailureBar[] {
  const all: readonly Group[] = rest === undefined ? groups : [...groups, { ...rest, name: words.text("others") }];
  return all
    .map((group) => {
      const share = shareOf(failuresOf(group), judgedOf(group));
      const { fail, error } = group;
      const runs = { judged: judgedOf(group), passed: group.pass };
      return { name: group.name ?? words.text("noName"), fail, error, share, runs, main: false };
    })
    .toSorted((one, other) => failuresOf(other) - failuresOf(one));
}

function others(bars: readonly FailureBar[], words: Words): FailureBar {
  const sum = (name: "fail" | "error"): number => bars.reduce((total, bar) => total + bar[name], 0);
  return { name: words.text("others"), fail: sum("fail"), error: sum("error"), share: bars.at(-1)?.share, main: false };
}
