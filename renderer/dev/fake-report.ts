import type { Bucket, Endings, Report, ReportOrder, SlotCount } from "../../src/contract/report.ts";

const NONE: Endings = { runs: 0, pass: 0, fail: 0, error: 0, aborted: 0, running: 0 };
/** Judged runs and failures of the invented shift, from 06:00 on. */
const HOURS = [
  [158, 6],
  [176, 3],
  [181, 4],
  [169, 7],
  [120, 1],
] as const;
/** Failures by slot of the invented tray; the others have none. */
const FAILED: Readonly<Record<number, number>> = {
  ...{ 4: 1, 6: 2, 7: 1, 9: 1, 11: 1, 14: 8, 15: 2, 17: 1, 19: 1, 21: 5, 22: 3, 24: 1, 27: 2, 30: 1 },
};
const BINS = [4, 11, 60, 155, 214, 170, 89, 49, 26, 14, 7, 4, 3];
const SECOND = 1000;

/** An invented report: one early shift on a tray of 32, with two bad slots. Filters change nothing but what it says of them. */
export function fakeReport(order: ReportOrder, now: number): Report {
  if (order.filter.mode === "training") return emptyReport(order);
  const day = new Date(now).toISOString().slice(0, 10);
  const sum = (place: 0 | 1): number => HOURS.reduce((total, hour) => total + hour[place], 0);
  const runs: Endings = { ...NONE, runs: sum(0) + 2, pass: sum(0) - 30, fail: 21, error: 9, aborted: 2 };
  return {
    ...emptyReport(order),
    range: { first: `${day}T06:02:11.000Z`, last: `${day}T10:41:03.000Z` },
    runs,
    units: { units: 781, passedFirst: 752, passed: 774, unidentified: 4 },
    hours: HOURS.length,
    buckets: HOURS.map(([judged, failed], index): Bucket => {
      const error = index % 2;
      const ended = { runs: judged, pass: judged - failed, fail: failed - error, error };
      return { at: `${day}T0${6 + index}:00`.replace("T010", "T10"), ahead: 60, ...NONE, ...ended };
    }),
    cycle: {
      ...{ runs: 806, median: 245 * SECOND, p90: 288 * SECOND, shortest: 184 * SECOND, longest: 371 * SECOND },
      ...{ width: 15 * SECOND, bins: BINS.map((count, index) => ({ from: (180 + index * 15) * SECOND, runs: count })) },
    },
    codes: {
      codes: [
        { code: "run.credential-different", fail: 11, error: 0 },
        { code: "link.lost", fail: 0, error: 7 },
        { code: "at.silent", fail: 6, error: 0 },
        { code: "run.firmware-too-old", fail: 3, error: 0 },
        { code: "transport.timeout", fail: 0, error: 2 },
        { code: "at.keygen-failed", fail: 1, error: 0 },
      ],
    },
    slots: slotCounts(),
    recipes: { groups: [{ ...runs, name: "Meter LTE-M EU 14" }] },
    operators: {
      groups: [
        { ...NONE, name: "Operator 07", runs: 512, pass: 497, fail: 11, error: 4 },
        { ...NONE, name: "Operator 12", runs: 294, pass: 277, fail: 10, error: 5, aborted: 2 },
      ],
    },
  };
}

function emptyReport(order: ReportOrder): Report {
  return {
    ...{ order, runs: NONE, units: { units: 0, passedFirst: 0, passed: 0, unidentified: 0 }, hours: 0 },
    ...{ interval: "hour", buckets: [], codes: { codes: [] }, slots: [] },
    ...{ recipes: { groups: [] }, operators: { groups: [] } },
    choices: {
      recipes: ["Meter LTE-M EU 13", "Meter LTE-M EU 14"],
      operators: ["Operator 07", "Operator 12"],
      fixtures: ["Tray FX-03"],
    },
  };
}

function slotCounts(): SlotCount[] {
  return Array.from({ length: 32 }, (_, index) => {
    const failed = FAILED[index + 1] ?? 0;
    const runs = 25;
    const bad = failed >= 5;
    const error = index === 20 ? 4 : 0;
    return {
      ...{ fixture: "Tray FX-03", slot: String(index + 1), ...NONE, runs, pass: runs - failed },
      ...{ fail: failed - error, error, share: failed / runs, chance: bad ? 0.00002 : 0.4, standsOut: bad },
    };
  });
}
