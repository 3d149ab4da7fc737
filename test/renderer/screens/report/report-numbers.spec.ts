import { describe, expect, it } from "vitest";
import { fakeReport } from "../../../../renderer/dev/fake-report.ts";
import { failureBars } from "../../../../renderer/screens/report/failure-chart.ts";
import { headFigures } from "../../../../renderer/screens/report/head-figures.ts";
import { picturesOf } from "../../../../renderer/screens/report/picture.ts";
import { FIRST_FORM, reportFilter } from "../../../../renderer/screens/report/report-form.ts";
import { headingOf, lastGoesOn } from "../../../../renderer/screens/report/report-heading.ts";
import {
  bucketLabel,
  bucketName,
  lengthText,
  mainReasons,
} from "../../../../renderer/screens/report/report-numbers.ts";
import { slotTray } from "../../../../renderer/screens/report/slot-chart.ts";
import type { Words } from "../../../../renderer/screens/report/words.ts";
import { SaveAskedSchema } from "../../../../src/contract/desktop-report.ts";
import type { FixtureFacts } from "../../../../src/contract/desktop-snapshot.ts";
import { ReportSchema, type ReportOrder } from "../../../../src/contract/report.ts";
import type { SlotId } from "../../../../src/core/ids.ts";

const NOW = Date.UTC(2026, 2, 2, 10, 42);
const ORDER: ReportOrder = { filter: { mode: "production" }, zone: "UTC" };
const report = fakeReport(ORDER, NOW);

/** Words that show which text was meant, with what. */
const words: Words = {
  language: "en",
  text: (key, named = {}) => [key, ...Object.values(named)].join(" "),
  number: String,
  percent: (share) => (share === undefined ? "–" : `${(share * 100).toFixed(1)} %`),
  reason: (code) => code ?? "none",
};

describe("the invented report", () => {
  it("is of the contract", () => {
    expect(ReportSchema.safeParse(report).error).toBeUndefined();
  });
});

describe("the pictures", () => {
  const pictures = picturesOf({ report, words, by: "reason", fixture: undefined, goesOn: false });

  it("each have as many cells for programs as texts for people, which may be saved", () => {
    for (const { name, numbers } of pictures) {
      expect(numbers.cells.map((row) => row.length)).toEqual(numbers.shown.map(() => numbers.columns.length));
      const rows = [[...numbers.columns], ...numbers.cells.map((row) => [...row])];
      const asks = SaveAskedSchema.safeParse({ picture: name, content: { format: "csv", rows } });
      expect(asks.error).toBeUndefined();
    }
  });

  it("tell the running share of the reasons, and which slots to check", () => {
    const failures = pictures.find(({ name }) => name === "failures");
    expect(failures?.numbers.shown[1]).toEqual(["link.lost", "0", "7", "60.0 %"]);
    const slots = pictures.find(({ name }) => name === "slots");
    expect(slots?.caption).toBe("checkSlots 14 and 21");
    expect(slots?.numbers.shown.filter((row) => row.at(-2) === "standsOut").map(([slot]) => slot)).toEqual([
      "14",
      "21",
    ]);
  });

  it("draw nothing of nothing", () => {
    const nothing = fakeReport({ ...ORDER, filter: { mode: "training" } }, NOW);
    const drawn = picturesOf({ report: nothing, words, by: "reason", fixture: undefined, goesOn: false });
    expect(drawn.map(({ draw }) => draw)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});

describe("failures", () => {
  it("by operator have the share of the operator's own runs", () => {
    const bars = failureBars(report, "operator", words);
    expect(bars.map(({ name, share }) => [name, share])).toEqual([
      ["Operator 07", 15 / 512],
      ["Operator 12", 15 / 292],
    ]);
  });

  it("are strong where they make half of all, in as few reasons as there can be", () => {
    expect(failureBars(report, "reason", words).map(({ main }) => main)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(mainReasons(report)).toEqual({ count: 2, share: 0.6 });
    expect(mainReasons({ codes: { codes: [] } })).toEqual({ count: 0, share: 0 });
  });
});

describe("the tray of slots", () => {
  const own: FixtureFacts = {
    ...{ name: "Tray FX-03", rows: 4, columns: 8 },
    slots: Array.from({ length: 32 }, (_, index) => {
      return { slot: String(index + 1) as SlotId, row: 4 - Math.floor(index / 8), column: (index % 8) + 1, port: "p" };
    }),
  };

  it("lies as the station's own fixture does", () => {
    const tray = slotTray(report.slots, own);
    expect(tray).toMatchObject({ rows: 4, columns: 8 });
    expect(tray?.cells[13]).toMatchObject({ slot: "14", row: 2, column: 5, count: { fail: 8 } });
  });

  it("of another fixture lies in rows, in the order of its slots", () => {
    const tray = slotTray(report.slots, { ...own, name: "Other" });
    expect(tray).toMatchObject({ fixture: "Tray FX-03", rows: 4, columns: 8 });
    expect(tray?.cells[8]).toMatchObject({ slot: "9", row: 1, column: 0 });
    expect(slotTray([], own)).toBeUndefined();
  });
});

describe("the head figures", () => {
  it("name what they count", () => {
    expect(headFigures(report, words).map(({ value, note }) => `${value} ${note}`)).toEqual([
      "96.3 % notes.yield 774 804",
      "96.3 % notes.firstPass 752 781",
      "160.8 notes.throughput 5",
      "4:05 notes.median 4:48",
      "21 notes.failed 2 60.0 %",
      "9 checkSlots 14 and 21",
    ]);
  });
});

describe("the filter of a form", () => {
  const facts = { now: new Date(NOW), shiftSince: "2026-03-02T06:00:00.000Z", training: true };

  it("counts what the station does, until a person says otherwise", () => {
    expect(reportFilter(FIRST_FORM, facts).mode).toBe("training");
    expect(reportFilter(FIRST_FORM, { ...facts, training: false }).mode).toBe("production");
    expect(reportFilter({ ...FIRST_FORM, mode: "both" }, facts).mode).toBe("both");
  });

  it("takes the shift from its beginning, and leaves out what is not set", () => {
    expect(reportFilter({ ...FIRST_FORM, range: "shift" }, facts)).toEqual({
      from: facts.shiftSince,
      mode: "training",
    });
    const form = { ...FIRST_FORM, range: "custom", operator: "Ada", slot: "14", recipe: "R", fixture: "F" } as const;
    expect(reportFilter(form, facts)).toEqual({
      operator: "Ada",
      slot: "14",
      recipe: "R",
      fixture: "F",
      mode: "training",
    });
  });
});

describe("times", () => {
  it("are short on axes and whole in tables", () => {
    expect(bucketLabel({ at: "2026-03-02T06:00" }, "hour", "en")).toBe("06:00");
    expect(bucketLabel({ at: "2026-03-02" }, "day", "de")).toBe("2. März");
    expect(bucketLabel({ at: "2026-03" }, "month", "en")).toBe("Mar 2026");
    const twice = [
      { at: "2026-10-25T02:00", ahead: 120 },
      { at: "2026-10-25T02:00", ahead: 60 },
    ] as const;
    expect(twice.map((bucket) => bucketName(bucket, twice))).toEqual([
      "2026-10-25 02:00 UTC+2",
      "2026-10-25 02:00 UTC+1",
    ]);
    expect(bucketName(twice[0], [twice[0]])).toBe("2026-10-25 02:00");
    expect([400, 4200, 245_000].map((ms) => lengthText(ms, "en"))).toEqual(["0.4\u00a0s", "4.2\u00a0s", "4:05"]);
  });

  it("know whether the last hour goes on", () => {
    expect(lastGoesOn(report, NOW)).toBe(true);
    expect(lastGoesOn(report, NOW + 3_600_000)).toBe(false);
    expect(lastGoesOn({ ...report, interval: "week" }, NOW + 6 * 86_400_000)).toBe(true);
    expect(lastGoesOn({ ...report, interval: "week" }, NOW + 7 * 86_400_000)).toBe(false);
  });

  it("stand in the heading, with mode and filters", () => {
    const narrowed = fakeReport({ ...ORDER, filter: { mode: "both", operator: "Ada", slot: "3" as SlotId } }, NOW);
    expect(headingOf(narrowed, words)).toMatch(
      /^counted\.both 806 · Mar 2, 2026, 06:02\s–\s10:41 · slotIs 3 · Ada · zone UTC$/u,
    );
  });
});
