import { describe, expect, it } from "vitest";
import { cycleTimes, quantile, Times } from "../../src/audit/cycle-times.ts";
import { chanceOf, standsOut, upperTail } from "../../src/audit/slot-chance.ts";

function cyclesOf(...values: readonly number[]) {
  const times = new Times();
  for (const value of values) times.add(value);
  return cycleTimes(times.sorted());
}

describe("cycle times", () => {
  it("know nothing of nothing", () => {
    expect(cyclesOf()).toBeUndefined();
  });

  it("take a single run as all there is", () => {
    expect(cyclesOf(4200)).toMatchObject({ runs: 1, median: 4200, p90: 4200, bins: [{ runs: 1 }] });
  });

  it("put what went on far too long into the last bin, so that the others keep their shape", () => {
    const cycle = cyclesOf(...Array.from({ length: 99 }, (_, index) => 240_000 + index * 200), 7_200_000);
    expect(cycle?.longest).toBe(7_200_000);
    expect(cycle?.bins.length).toBeLessThan(20);
    expect(cycle?.bins.at(-1)?.runs).toBe(1);
    expect(cycle?.bins.reduce((sum, { runs }) => sum + runs, 0)).toBe(100);
  });

  it("keep more values than they began with room for", () => {
    const cycle = cyclesOf(...Array.from({ length: 5000 }, (_, index) => 5000 - index));
    expect(cycle).toMatchObject({ runs: 5000, median: 2500, p90: 4500, shortest: 1, longest: 5000 });
  });

  it("take the nearest rank", () => {
    expect(quantile(Float64Array.of(1, 2, 3, 4), 0.5)).toBe(2);
    expect(quantile(Float64Array.of(1, 2, 3, 4), 0.9)).toBe(4);
  });
});

describe("the chance of a slot's failures", () => {
  it("is the binomial tail", () => {
    expect(upperTail(2, 3, 0.5)).toBeCloseTo(0.5, 12);
    expect(upperTail(1, 10, 0.1)).toBeCloseTo(1 - 0.9 ** 10, 12);
    expect(upperTail(8, 25, 0.027)).toBeCloseTo(2.0e-7, 8);
    expect(upperTail(0, 10, 0.5)).toBe(1);
    expect(upperTail(11, 10, 0.5)).toBe(0);
    expect(upperTail(5, 10, 1)).toBe(1);
    expect(upperTail(500_000, 1_000_000, 0.5)).toBeCloseTo(0.5004, 4);
  });

  it("marks a slot that fails again and again, not one that failed once", () => {
    const all = { judged: 24, failed: 3 };
    const bad = { judged: 3, failed: 3 };
    expect(standsOut(bad, chanceOf(bad, all), 8)).toBe(true);
    const once = { judged: 1, failed: 1 };
    expect(standsOut(once, chanceOf(once, { judged: 8, failed: 1 }), 8)).toBe(false);
    expect(standsOut(once, chanceOf(once, { judged: 100_000, failed: 1 }), 8)).toBe(false);
  });

  it("marks none where all fail alike", () => {
    const slot = { judged: 100, failed: 30 };
    expect(chanceOf(slot, { judged: 800, failed: 240 })).toBeGreaterThan(0.4);
  });
});
