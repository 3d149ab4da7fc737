import { judgedOf, throughputOf, type Report } from "../../../src/contract/report.ts";
import { lengthText, mainReasons, shareOf, yieldOf } from "./report-numbers.ts";
import { slotName } from "./slot-chart.ts";
import type { Words } from "./words.ts";

/** A head figure: its name, its value with a unit, and what it counts. */
export type HeadFigure = {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
  readonly note: string;
};

/** The six figures over the pictures. */
export function headFigures(report: Report, words: Words): readonly HeadFigure[] {
  const { runs, units, cycle } = report;
  const judged = judgedOf(runs);
  const { number, text, percent } = words;
  const figure = (key: string, value: string, unit: string, note: string): HeadFigure => {
    return { name: text(`figures.${key}`), value, unit, note };
  };
  const first = shareOf(units.passedFirst, units.units);
  const per = throughputOf(report);
  const reasons = mainReasons(report);
  return [
    figure(
      "yield",
      percent(yieldOf(runs)),
      "",
      text("notes.yield", { pass: number(runs.pass), judged: number(judged) }),
    ),
    figure(
      "firstPass",
      percent(first),
      "",
      text("notes.firstPass", { passed: number(units.passedFirst), units: number(units.units) }, units.units),
    ),
    figure(
      "throughput",
      per === undefined ? "–" : number(Math.round(per * 10) / 10),
      per === undefined ? "" : text("perHour"),
      text("notes.throughput", { hours: number(report.hours) }, report.hours),
    ),
    figure(
      "median",
      cycle === undefined ? "–" : lengthText(cycle.median, words.language),
      "",
      cycle === undefined ? text("noPass") : text("notes.median", { time: lengthText(cycle.p90, words.language) }),
    ),
    figure(
      "failed",
      number(runs.fail),
      "",
      reasons.count === 0
        ? text("noFailures")
        : text("notes.failed", { count: number(reasons.count), share: percent(reasons.share) }, reasons.count),
    ),
    figure("errors", number(runs.error), "", slotNote(report, words)),
  ];
}

function slotNote(report: Report, { language, text }: Words): string {
  const marked = report.slots.filter(({ standsOut }) => standsOut).map((slot) => slotName(slot, report));
  if (marked.length === 0) return text("noSlotStandsOut");
  return text("checkSlots", { slots: new Intl.ListFormat(language).format(marked) }, marked.length);
}
