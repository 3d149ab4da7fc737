import type { ReportCell, Picture as PictureName } from "../../../src/contract/desktop-report.ts";
import type { FixtureFacts } from "../../../src/contract/desktop-snapshot.ts";
import { judgedOf, type Report, type SlotCount } from "../../../src/contract/report.ts";
import { stationWord } from "../../components/station-word.ts";
import type { ChartOption } from "./chart-kit.ts";
import type { ChartTheme } from "./chart-theme.ts";
import { cycleChart } from "./cycle-chart.ts";
import { failureBars, failureChart, type Breakdown, type FailureBar } from "./failure-chart.ts";
import { bucketName, failuresOf, lengthText, mainReasons, yieldOf } from "./report-numbers.ts";
import { drawnSlots, slotChart, slotName, slotTray } from "./slot-chart.ts";
import { throughputChart, yieldChart } from "./time-charts.ts";
import type { Words } from "./words.ts";

/** A picture of the report with everything that tells the same: a sentence, and its numbers. */
export type Picture = {
  readonly name: PictureName;
  readonly title: string;
  /** The title beside a choice that says the rest of it; default: the title. */
  readonly shortTitle?: string;
  /** What is counted, in a sentence. */
  readonly caption: string;
  /** What it shows, in a sentence, for whoever does not see it. */
  readonly summary: string;
  readonly numbers: PictureNumbers;
  /** Undefined where there is nothing to draw. */
  readonly draw: ((theme: ChartTheme) => ChartOption) | undefined;
};

/** The numbers of a picture: as people read them, and as programs do. The first column names the row. */
export type PictureNumbers = {
  readonly columns: readonly string[];
  readonly shown: readonly (readonly string[])[];
  readonly cells: readonly (readonly ReportCell[])[];
};

/** What pictures are made of. */
export type PictureParts = {
  readonly report: Report;
  readonly words: Words;
  readonly by: Breakdown;
  readonly fixture: FixtureFacts | undefined;
  /** The last interval is not over. */
  readonly goesOn: boolean;
};

/** All pictures of a report, in reading order. */
export function picturesOf(parts: PictureParts): readonly Picture[] {
  return [
    yieldPicture(parts),
    throughputPicture(parts),
    cyclePicture(parts),
    failurePicture(parts),
    slotPicture(parts),
  ];
}

type Column<Row> = {
  readonly key: string;
  readonly cell: (row: Row) => ReportCell;
  readonly text?: (row: Row) => string;
};

function numbersOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[], words: Words): PictureNumbers {
  const shown = (row: Row, { cell, text }: Column<Row>): string => {
    const value = cell(row);
    if (text !== undefined) return text(row);
    return typeof value === "number" ? words.number(value) : (value ?? "–");
  };
  return {
    columns: columns.map(({ key }) => words.text(`columns.${key}`)),
    shown: rows.map((row) => columns.map((column) => shown(row, column))),
    cells: rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}

function yieldPicture({ report, words }: PictureParts): Picture {
  const { buckets, interval, runs } = report;
  const columns: readonly Column<Report["buckets"][number]>[] = [
    { key: `begins.${interval}`, cell: (bucket) => bucketName(bucket, buckets) },
    { key: "judged", cell: judgedOf },
    { key: "pass", cell: ({ pass }) => pass },
    { key: "yield", cell: (bucket) => yieldOf(bucket) ?? null, text: (bucket) => words.percent(yieldOf(bucket)) },
  ];
  return {
    ...{ name: "yield", title: words.text(`yieldBy.${interval}`), caption: words.text("captions.yield") },
    summary: words.text("summaries.yield", { yield: words.percent(yieldOf(runs)) }),
    numbers: numbersOf(buckets, columns, words),
    draw: judgedOf(runs) === 0 ? undefined : (theme) => yieldChart(report, theme, words),
  };
}

function throughputPicture({ report, words, goesOn }: PictureParts): Picture {
  const { buckets, interval, runs } = report;
  const columns: readonly Column<Report["buckets"][number]>[] = [
    { key: `begins.${interval}`, cell: (bucket) => bucketName(bucket, buckets) },
    { key: "judged", cell: judgedOf },
    { key: "pass", cell: ({ pass }) => pass },
    { key: "fail", cell: ({ fail }) => fail },
    { key: "error", cell: ({ error }) => error },
    { key: "aborted", cell: ({ aborted }) => aborted },
  ];
  return {
    ...{ name: "throughput", title: words.text("throughput"), caption: words.text(`captions.throughput.${interval}`) },
    summary: words.text("summaries.throughput", { count: words.number(judgedOf(runs)) }, judgedOf(runs)),
    numbers: numbersOf(buckets, columns, words),
    draw: judgedOf(runs) === 0 ? undefined : (theme) => throughputChart(report, theme, words, goesOn),
  };
}

function cyclePicture({ report: { cycle }, words }: PictureParts): Picture {
  const text = (ms: number): string => lengthText(ms, words.language, cycle?.width);
  const bins = cycle?.bins ?? [];
  const columns: readonly Column<(typeof bins)[number]>[] = [
    { key: "fromSeconds", cell: ({ from }) => from / 1000, text: ({ from }) => text(from) },
    {
      key: "toSeconds",
      cell: (bin) => (bin === bins.at(-1) ? null : (bin.from + (cycle?.width ?? 0)) / 1000),
      text: (bin) => (bin === bins.at(-1) ? words.text("longer") : text(bin.from + (cycle?.width ?? 0))),
    },
    { key: "pass", cell: ({ runs }) => runs },
  ];
  const facts = { median: text(cycle?.median ?? 0), p90: text(cycle?.p90 ?? 0) };
  return {
    ...{ name: "cycle-times", title: words.text("cycleTime"), caption: words.text("captions.cycleTime") },
    summary: cycle === undefined ? words.text("noPass") : words.text("summaries.cycleTime", facts),
    numbers: numbersOf(bins, columns, words),
    draw: cycle === undefined ? undefined : (theme) => cycleChart(cycle, theme, words),
  };
}

function failurePicture({ report, words, by }: PictureParts): Picture {
  const bars = failureBars(report, by, words);
  const failed = bars.filter((bar) => failuresOf(bar) > 0);
  const { count, share } = mainReasons(report);
  const columns: readonly Column<(typeof bars)[number]>[] = [
    { key: `by.${by}`, cell: ({ name }) => name },
    { key: "fail", cell: ({ fail }) => fail },
    { key: "error", cell: ({ error }) => error },
    ...(by === "station" ? ownRuns(words) : []),
    {
      key: by === "reason" ? "runningShare" : "failedShare",
      cell: ({ share: part }) => part ?? null,
      text: ({ share: part }) => words.percent(part),
    },
  ];
  return {
    ...{
      name: "failures",
      title: words.text(`failuresBy.${by}`),
      shortTitle: words.text("failures"),
      caption: words.text(`captions.failures.${by}`),
    },
    summary:
      failed.length === 0
        ? words.text("noFailures")
        : words.text("summaries.failures", { count, share: words.percent(share) }, count),
    numbers: numbersOf(bars, columns, words),
    draw: failed.length === 0 ? undefined : (theme) => failureChart(failed, theme, words),
  };
}

/** How many runs a station had, and their yield. */
function ownRuns(words: Words): readonly Column<FailureBar>[] {
  const shareOfPassed = ({ runs }: FailureBar): number | undefined =>
    runs === undefined || runs.judged === 0 ? undefined : runs.passed / runs.judged;
  return [
    { key: "judged", cell: ({ runs }) => runs?.judged ?? null },
    { key: "yield", cell: (bar) => shareOfPassed(bar) ?? null, text: (bar) => words.percent(shareOfPassed(bar)) },
  ];
}

function slotPicture({ report, words, fixture }: PictureParts): Picture {
  const { slots, line } = report;
  const shown = drawnSlots(slots);
  const tray = slotTray(shown, line === undefined ? fixture : undefined);
  const marked = slots.filter(({ standsOut }) => standsOut);
  const columns: readonly Column<(typeof slots)[number]>[] = [
    { key: "slot", cell: ({ slot }) => slot },
    { key: "judged", cell: judgedOf },
    { key: "fail", cell: ({ fail }) => fail },
    { key: "error", cell: ({ error }) => error },
    { key: "failedShare", cell: ({ share }) => share, text: ({ share }) => words.percent(share ?? undefined) },
    {
      key: "chance",
      cell: ({ chance }) => chance,
      text: ({ chance, standsOut }) => (standsOut ? words.text("standsOut") : chanceText(chance, words)),
    },
    { key: "fixture", cell: ({ fixture: name }) => name },
    ...(line === undefined
      ? []
      : [{ key: "by.station", cell: ({ station }: SlotCount) => stationWord(line.stations, station ?? "") }]),
  ];
  const names = new Intl.ListFormat(words.language).format(marked.map((slot) => slotName(slot, report)));
  const [one] = shown;
  const of = one?.station === undefined ? "" : ` · ${stationWord(line?.stations ?? [], one.station)}`;
  return {
    ...{ name: "slots", title: `${words.text("failuresBySlot")}${of}`, numbers: numbersOf(slots, columns, words) },
    caption:
      marked.length === 0 ? words.text("captions.slots") : words.text("checkSlots", { slots: names }, marked.length),
    summary:
      marked.length === 0
        ? words.text("noSlotStandsOut")
        : words.text("summaries.slots", { slots: names }, marked.length),
    draw: tray === undefined ? undefined : (theme) => slotChart(tray, theme, words),
  };
}

function chanceText(chance: number, words: Words): string {
  return chance < 0.001 ? words.text("below", { value: words.percent(0.001) }) : words.percent(chance);
}
