import { describe, expect, it } from "vitest";
import { durationText, lookOf, recordName, runTimes } from "../../../../renderer/screens/history/run-row.ts";
import { momentText, spanText } from "../../../../renderer/screens/unit/unit-times.ts";
import { recordedRuns } from "../recorded-runs.ts";

describe("a row of the history", () => {
  const now = new Date(2026, 2, 29, 10, 42).getTime();
  const at = (...parts: readonly [number, number, number, number, number, number]) => new Date(...parts).toISOString();

  it("tells the time of today, and the day of other days", () => {
    const times = runTimes("en", now);
    expect(times.time(at(2026, 2, 29, 9, 5, 7))).toBe("09:05:07");
    expect(times.day(at(2026, 2, 29, 0, 0, 1))).toBeUndefined();
    expect(times.day(at(2026, 2, 28, 9, 0, 0))).toBe("Mar 28");
    expect(times.day(at(2025, 11, 31, 9, 0, 0))).toBe("Dec 31, 2025");
    expect(runTimes("de", now).day(at(2026, 2, 28, 9, 0, 0))).toBe("28. März");
  });

  it("writes durations as exactly as they matter", () => {
    expect(durationText(null, "en")).toBe("");
    expect(durationText(1475, "de")).toBe("1,5 s");
    expect(durationText(242_000, "en")).toBe("4:02");
    expect(spanText(323.6, "en")).toBe("324 ms");
    expect(spanText(12_140, "en")).toBe("12.1 s");
    expect(spanText(206_000, "en")).toBe("3:26");
    expect(momentText(2367, 20_000)).toBe("2.367");
    expect(momentText(66_290, 206_000)).toBe("1:06.2");
  });

  it("looks as the run ended, and names its record by the end of its id", () => {
    expect([lookOf("PASS"), lookOf("ABORTED"), lookOf(null)]).toEqual(["pass", "aborted", "running"]);
    expect(recordName(recordedRuns().failed.run)).toMatch(/^[0-9a-f]{8}$/);
  });
});
