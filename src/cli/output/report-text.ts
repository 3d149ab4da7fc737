import { judgedOf, throughputOf, type Endings, type Report } from "../../contract/report.ts";
import { visible } from "../../core/visible.ts";
import { table } from "./table.ts";

/** What the head figures mean; the tables below name theirs in their headings. */
const MEANING = [
  "Runs count by their beginning. Judged: ended as PASS, FAIL or ERROR. Yield: judged runs that passed.",
  "First-pass yield: a unit counts once, by its first judged run in the report. Throughput: judged runs in a clock hour",
  "in which a run began. Cycle time: of runs that passed. A slot stands out when the other slots' share of failures gives",
  "as many as it has with a chance below 1 % divided by the number of slots, and it has two at least.",
].join("\n");

/** The report as a person reads it. */
export function reportText(report: Report): string {
  const parts = [title(report)];
  if (report.runs.runs === 0) return `${parts.join("\n")}no runs\n`;
  parts.push(figures(report), ...tables(report).map(([heading, rows]) => table([heading, ...rows])), `${MEANING}\n`);
  return parts.join("\n");
}

function title({ order, range }: Report): string {
  const { mode, from: _from, to: _to, ...filters } = order.filter;
  const which = mode === "both" ? "production and training runs" : `${mode} runs`;
  const span = range === undefined ? "" : `, begun ${range.first} to ${range.last}`;
  const others = Object.entries(filters).map(([name, value]) => `, ${name} ${value}`);
  return `${visible(`Report of ${which}${span}${others.join("")}; hours of ${order.zone}`)}\n`;
}

function figures(report: Report): string {
  const { runs, units, cycle } = report;
  const rows = [
    ["yield", share(runs.pass, judgedOf(runs)), `${runs.pass} of ${judgedOf(runs)} judged runs passed`],
    [
      "first-pass yield",
      share(units.passedFirst, units.units),
      `${units.passedFirst} of ${units.units} units passed at their first run, ${units.passed} at any`,
    ],
    ["throughput", throughputOf(report)?.toFixed(1) ?? "", `judged runs an hour, over ${report.hours} hours`],
    ...(cycle === undefined
      ? []
      : [["cycle time", seconds(cycle.median), `median; 90 % took at most ${seconds(cycle.p90)}`]]),
    ["runs", String(runs.runs), endingsText(runs)],
    ["unidentified", String(units.unidentified), "judged runs that ended before the unit was identified"],
  ];
  return table([["figure", "value", ""], ...rows]);
}

type Table = readonly [heading: readonly string[], rows: readonly (readonly string[])[]];

function tables(report: Report): readonly Table[] {
  const { interval, buckets, cycle, slots, recipes, operators } = report;
  const histogram: Table = [
    ["cycle time from", "to", "runs"],
    (cycle?.bins ?? []).map(({ from, runs }, index, bins) => {
      return [seconds(from), index === bins.length - 1 ? "longer" : seconds(from + (cycle?.width ?? 0)), String(runs)];
    }),
  ];
  const bySlot: Table = [
    ["fixture", "slot", ...ENDINGS_HEADING, "failed", ""],
    slots.map(({ fixture, slot, share: failed, standsOut, ...endings }) => [
      ...[visible(fixture), visible(slot), ...endingsRow(endings)],
      ...[failed === null ? "" : percent(failed), standsOut ? "stands out" : ""],
    ]),
  ];
  return [
    [
      [interval, ...ENDINGS_HEADING, "yield"],
      buckets.map((bucket) => [bucket.at.replace("T", " "), ...yieldRow(bucket)]),
    ],
    ...(cycle === undefined ? [] : [histogram]),
    ...codeTable(report),
    bySlot,
    [["recipe", ...ENDINGS_HEADING, "yield"], groupRows(recipes)],
    [["operator", ...ENDINGS_HEADING, "yield"], groupRows(operators)],
  ];
}

function codeTable({ codes: { codes, rest } }: Report): readonly Table[] {
  if (codes.length === 0) return [];
  const others = rest === undefined ? [] : [{ code: `${rest.codes} others`, fail: rest.fail, error: rest.error }];
  const all = [...codes, ...others];
  const total = all.reduce((sum, { fail, error }) => sum + fail + error, 0);
  let running = 0;
  const rows = all.map(({ code, fail, error }) => {
    running += fail + error;
    return [visible(code ?? "none"), String(fail), String(error), share(running, total)];
  });
  return [[["code", "FAIL", "ERROR", "running share"], rows]];
}

function groupRows({ groups, rest }: Report["recipes"]): readonly (readonly string[])[] {
  const rows = groups.map(({ name, ...endings }) => [visible(name ?? "none"), ...yieldRow(endings)]);
  return rest === undefined ? rows : [...rows, ["others", ...yieldRow(rest)]];
}

const ENDINGS_HEADING = ["runs", "PASS", "FAIL", "ERROR", "ABORTED", "running"] as const;

function endingsRow({ runs, pass, fail, error, aborted, running }: Endings): readonly string[] {
  return [runs, pass, fail, error, aborted, running].map(String);
}

function yieldRow(endings: Endings): readonly string[] {
  return [...endingsRow(endings), share(endings.pass, judgedOf(endings))];
}

function endingsText({ pass, fail, error, aborted, running }: Endings): string {
  return `${pass} PASS, ${fail} FAIL, ${error} ERROR, ${aborted} ABORTED, ${running} running`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? "" : percent(part / whole);
}

/** Rounded down, so that 99.96 % never reads as 100 %. */
function percent(value: number): string {
  return `${(Math.floor(value * 1000) / 10).toFixed(1)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
