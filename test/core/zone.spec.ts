import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateText, hourText, isZone, Zone } from "../../src/core/zone.ts";

const at = (text: string): number => Date.parse(text);

describe("Zone", () => {
  it.each([
    ["UTC", "2026-03-29T01:30:00Z", "2026-03-29T01:30", 0],
    ["Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59", 60],
    ["Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00", 120],
    ["Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T02:30", 120],
    ["Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T02:30", 60],
    ["Asia/Kolkata", "2026-01-01T00:00:00Z", "2026-01-01T05:30", 330],
    ["America/St_Johns", "2026-01-01T00:00:00Z", "2025-12-31T20:30", -210],
    ["Pacific/Kiritimati", "2026-01-01T12:00:00Z", "2026-01-02T02:00", 840],
  ])("shows in %s at %s the clock %s, %d minutes ahead", (name, instant, wall, ahead) => {
    const zone = new Zone(name);
    expect(hourText(zone.wallTime(at(instant)))).toBe(wall);
    expect(zone.minutesAhead(at(instant))).toBe(ahead);
  });

  it("begins hours by the clock on the wall, also half an hour off", () => {
    const start = new Zone("Asia/Kolkata").hourStart(at("2026-01-01T00:10:59.999Z"));
    expect(new Date(start).toISOString()).toBe("2025-12-31T23:30:00.000Z");
  });

  it("finds for every instant an hour that it lies in", () => {
    const zones = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York"];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 4_102_444_800_000 }), (name, instant) => {
        const zone = new Zone(name);
        const start = zone.hourStart(instant);
        expect(start).toBeLessThanOrEqual(instant);
        expect(instant - start).toBeLessThan(3_600_000);
        expect(dateText(zone.wallTime(instant))).toMatch(/^\d{4}-\d\d-\d\d$/);
      }),
      { numRuns: 60 },
    );
  });
});

describe("isZone", () => {
  it("knows zones by name and nothing else", () => {
    expect(["UTC", "Europe/Berlin", "Asia/Ho_Chi_Minh"].map(isZone)).toEqual([true, true, true]);
    expect(["", "Mars/Olympus", "'; DROP TABLE run", "../../etc"].map(isZone)).toEqual([false, false, false, false]);
  });
});
