import { describe, expect, it } from "vitest";
import { RunFilterSchema } from "../../../../src/contract/station-request.ts";
import {
  batchError,
  filterOf,
  furtherFilters,
  isFiltered,
  NO_FILTERS,
} from "../../../../renderer/screens/history/filter-form.ts";
import { boundsOf, type TimeChoice } from "../../../../renderer/screens/history/time-range.ts";

const now = new Date(2026, 2, 29, 10, 42);
const local = (...parts: readonly [number, number, number]) => new Date(...parts).toISOString();
const BATCH = "01a20265-e12c-7b25-a9a6-139bbd2bb0ee";

describe("the filters of the history", () => {
  it("let everything through when nothing is set", () => {
    expect(filterOf(NO_FILTERS, now)).toEqual({});
    expect(isFiltered(NO_FILTERS)).toBe(false);
    expect(isFiltered({ ...NO_FILTERS, search: "PS" })).toBe(true);
  });

  it("are what the station understands, whatever was typed", () => {
    const form = {
      ...{
        search: " PS-7\u0000Q ",
        outcome: "FAIL" as const,
        recipe: "Meter 14",
        operator: "Ada ",
        code: "at.timeout",
      },
      ...{ batch: BATCH.toUpperCase(), station: " bench ", time: { choice: "week" as const, fromDay: "", toDay: "" } },
    } as const;
    const filter = filterOf(form, now);
    expect(RunFilterSchema.parse(filter)).toEqual({
      station: "bench",
      ...{
        unitStart: "PS-7Q",
        outcome: "FAIL" as const,
        recipe: "Meter 14",
        operator: "Ada",
        code: "at.timeout",
        batch: BATCH,
      },
      from: local(2026, 2, 23),
    });
    expect(furtherFilters(form)).toBe(4);
    expect(RunFilterSchema.safeParse(filterOf({ ...form, search: "x".repeat(900) }, now)).success).toBe(true);
  });

  it("leave out a batch that is not whole, and say so", () => {
    expect(filterOf({ ...NO_FILTERS, batch: "01a2" }, now)).toEqual({});
    expect(batchError({ ...NO_FILTERS, batch: "01a2" })).toBe(true);
    expect(batchError({ ...NO_FILTERS, batch: BATCH })).toBe(false);
    expect(batchError(NO_FILTERS)).toBe(false);
  });
});

describe("a range of time", () => {
  const range = (choice: TimeChoice, fromDay = "", toDay = "") => ({ choice, fromDay, toDay });

  it("begins at midnight by the clock on the wall", () => {
    expect(boundsOf(range("all"), now)).toEqual({});
    expect(boundsOf(range("today"), now)).toEqual({ from: local(2026, 2, 29) });
    expect(boundsOf(range("month"), now)).toEqual({ from: local(2026, 1, 28) });
  });

  it("ends with the last millisecond of its last day", () => {
    const { from, to } = boundsOf(range("yesterday"), now);
    expect(from).toBe(local(2026, 2, 28));
    expect(Date.parse(to!) + 1).toBe(new Date(2026, 2, 29).getTime());
    const days = boundsOf(range("custom", "2026-03-01", "2026-03-03"), now);
    expect(days.from).toBe(local(2026, 2, 1));
    expect(Date.parse(days.to!) + 1).toBe(new Date(2026, 2, 4).getTime());
  });

  it("is without end where a day is missing or none", () => {
    expect(boundsOf(range("custom", "2026-03-01"), now)).toEqual({ from: local(2026, 2, 1) });
    expect(boundsOf(range("custom", "2026-02-31", "tomorrow"), now)).toEqual({});
  });
});
