import { describe, expect, it } from "vitest";
import type { RunPage, RunRecord } from "../../../../src/contract/history.ts";
import type { RunId } from "../../../../src/core/ids.ts";
import {
  emptyBook,
  missingPages,
  PAGE_SIZE,
  placeOf,
  placeOfPage,
  runAt,
  withPage,
} from "../../../../renderer/screens/history/page-book.ts";
import { recordedRuns } from "../recorded-runs.ts";

const { run } = recordedRuns().passed;
const named = (index: number): RunRecord => ({ ...run, id: `run-${index}` as RunId });
const cursor = (index: number) => ({ startedAt: run.startedAt, id: `run-${index}` as RunId });

function page(number: number, count = PAGE_SIZE, more = true): RunPage {
  const runs = Array.from({ length: count }, (_, index) => named(number * PAGE_SIZE + index));
  return more ? { runs, next: cursor(number * PAGE_SIZE + count - 1) } : { runs };
}

describe("the pages of the history", () => {
  it("are asked for from the nearest beginning that is known", () => {
    const book = withPage(withPage(emptyBook(10_000), 0, page(0)), 7, page(7));
    expect(placeOfPage(book, 0)).toEqual({ skip: 0, limit: PAGE_SIZE });
    expect(placeOfPage(book, 1)).toEqual({ after: cursor(99), skip: 0, limit: PAGE_SIZE });
    expect(placeOfPage(book, 5)).toEqual({ after: cursor(99), skip: 400, limit: PAGE_SIZE });
    expect(placeOfPage(book, 20)).toEqual({ after: cursor(799), skip: 1200, limit: PAGE_SIZE });
    expect(placeOfPage(emptyBook(10_000), 50)).toEqual({ skip: 5000, limit: PAGE_SIZE });
  });

  it("give the run at a place, and the place of a run", () => {
    const book = withPage(emptyBook(10_000), 3, page(3));
    expect(runAt(book, 342)?.id).toBe("run-342");
    expect(runAt(book, 42)).toBeUndefined();
    expect(placeOf(book, "run-342")).toBe(342);
    expect(placeOf(book, "run-1")).toBeUndefined();
  });

  it("are missing until they came", () => {
    const book = withPage(emptyBook(250), 1, page(1));
    expect(missingPages(book, 90, 240)).toEqual([0, 2]);
    expect(missingPages(book, 0, 1000)).toEqual([0, 2]);
    expect(missingPages(emptyBook(0), 0, 20)).toEqual([]);
  });

  it("are let go far from the newest, their beginnings kept", () => {
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    const book = numbers.reduce((before, number) => withPage(before, number, page(number)), emptyBook(20_000));
    expect(book.pages.size).toBe(40);
    expect(runAt(book, 0)).toBeUndefined();
    expect(runAt(book, 9_999)?.id).toBe("run-9999");
    expect(placeOfPage(book, 50)).toEqual({ after: cursor(4_999), skip: 0, limit: PAGE_SIZE });
  });

  it("correct a total that was counted a moment earlier or later", () => {
    expect(withPage(emptyBook(100), 0, page(0)).total).toBe(101);
    expect(withPage(emptyBook(180), 1, page(1, 70, false)).total).toBe(170);
    expect(withPage(emptyBook(180), 0, { runs: [] }).total).toBe(0);
    expect(withPage(emptyBook(500), 3, { runs: [] }).total).toBe(300);
  });
});
