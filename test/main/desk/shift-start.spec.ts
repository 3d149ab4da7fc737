import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShiftBook } from "../../../main/desk/shift-book.ts";
import { latestStart } from "../../../main/desk/shift-start.ts";
import { minutes } from "../../../src/core/duration.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";

const NONE = {
  ...{ runs: 0, pass: 0, fail: 0, error: 0, aborted: 0, running: 0 },
  ...{ units: 0, unitsPassed: 0, unitsPassedFirst: 0 },
};
/** A local moment of a summer's day. */
const at = (hours: number, minute: number, day = 15): number => new Date(2026, 6, day, hours, minute).getTime();

describe("latestStart", () => {
  it.each([
    [at(6, 0), at(6, 0)],
    [at(13, 59), at(6, 0)],
    [at(14, 0), at(14, 0)],
    [at(23, 59), at(22, 0)],
    [at(5, 59), at(22, 0, 14)],
  ])("finds the shift that began last, over midnight too", (now, start) => {
    expect(latestStart(["06:00", "14:00", "22:00"], now)).toBe(start);
  });

  it("has none without times", () => {
    expect(latestStart([], at(6, 0))).toBeUndefined();
  });

  it("is never in the future nor more than a day and an hour ago", () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 6 }), fc.integer({ min: 0, max: 4e12 }), (times, now) => {
        const texts = times.map(([h, m]) => `${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}`);
        const start = latestStart(texts, now) ?? Number.NaN;
        expect(start).toBeLessThanOrEqual(now);
        expect(now - start).toBeLessThanOrEqual(25 * 3_600_000);
      }),
    );
  });
});

describe("ShiftBook", () => {
  it("tells what was counted last until the shift is another one", async () => {
    const clock = new VirtualClock();
    const asked = { times: 0 };
    const book = new ShiftBook(
      {
        counts: () => {
          asked.times += 1;
          return Promise.resolve(NONE);
        },
      },
      clock,
    );
    const first = await book.latest();
    expect(await book.latest()).toBe(first);
    await book.read();
    expect(asked.times).toBe(2);
    await clock.advance(minutes(1));
    await book.restart();
    expect((await book.latest()).since).not.toBe(first.since);
    expect(asked.times).toBe(3);
  });

  it("begins with the application, with a set time, and when a person says so", async () => {
    const clock = new VirtualClock(at(10, 0));
    const times = { set: [] as readonly string[] };
    const book = new ShiftBook({ counts: async () => NONE }, clock, () => times.set);
    const since = async (): Promise<number> => Date.parse((await book.read()).since);
    const begun: number[] = [];
    const end = book.watch(() => begun.push(clock.now()));
    expect(await since()).toBe(at(10, 0));
    times.set = ["06:00", "14:00"];
    expect(await since()).toBe(at(6, 0));
    await clock.advance(minutes(60));
    await book.restart();
    expect(await since()).toBe(at(11, 0));
    await clock.advance(minutes(181));
    expect(await since()).toBe(at(14, 0));
    end();
    expect(begun.map((moment) => Math.floor((moment - at(10, 0)) / 60_000))).toEqual([0, 60, 240]);
  });
});
