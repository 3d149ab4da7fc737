import { describe, expect, it } from "vitest";
import { Backoff } from "../../src/core/backoff.ts";
import { milliseconds, seconds } from "../../src/core/duration.ts";

const next = (waits: Backoff, count: number): number[] => Array.from({ length: count }, () => waits.next());

describe("waits between attempts", () => {
  it("double from the first one up to the longest", () => {
    expect(next(new Backoff(milliseconds(250), seconds(1.5)), 5)).toEqual([250, 500, 1000, 1500, 1500]);
  });

  it("begin anew once something succeeded", () => {
    const waits = new Backoff(seconds(1), seconds(15));
    next(waits, 3);
    waits.reset();
    expect(next(waits, 2)).toEqual([1000, 2000]);
  });

  it("are all the same where the first is the longest", () => {
    expect(next(new Backoff(seconds(1), seconds(1)), 3)).toEqual([1000, 1000, 1000]);
  });
});
