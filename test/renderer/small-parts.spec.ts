import { describe, expect, it } from "vitest";
import { madeAt, shortId } from "../../renderer/components/short-id.ts";
import { clockTimeOrDay, percent, stopwatch } from "../../renderer/components/spans.ts";
import { KeyBurst } from "../../renderer/keys/key-burst.ts";
import { traySize } from "../../renderer/screens/line/tray-size.ts";
import { endTone, TONES } from "../../renderer/sound/tones.ts";
import { timeOrderedId } from "../../src/core/ids.ts";

describe("times", () => {
  it("read as on a stopwatch", () => {
    expect([-1, 0, 59_999, 242_000, 3_607_000].map(stopwatch)).toEqual(["0:00", "0:00", "0:59", "4:02", "1:00:07"]);
  });

  it("of another day tell the day", () => {
    const now = new Date(2026, 2, 2, 8, 0).getTime();
    expect(clockTimeOrDay(new Date(2026, 2, 2, 7, 5).getTime(), now, "en")).toBe("07:05");
    expect(clockTimeOrDay(new Date(2026, 2, 1, 23, 59).getTime(), now, "en")).toBe("Mar 1, 23:59");
    expect(clockTimeOrDay(new Date(2025, 2, 2, 7, 5).getTime(), now, "de")).toBe("2. März, 07:05");
  });

  it("come out of time-ordered ids", () => {
    const id = timeOrderedId(1_772_445_600_000, (count) => new Uint8Array(count).fill(0xab));
    expect(madeAt(id)).toBe(1_772_445_600_000);
    expect(shortId(id)).toBe("ABABAB");
  });
});

describe("a share in percent", () => {
  it("never rounds up to all, and is unknown of nothing", () => {
    expect(percent(9999, 10_000, "en")).toBe("99.9%");
    expect(percent(1, 1, "en")).toBe("100.0%");
    expect(percent(0, 0, "en")).toBeUndefined();
  });
});

describe("the size of tiles", () => {
  it("follows the number of slots", () => {
    expect([8, 12, 13, 48, 49, 128].map(traySize)).toEqual(["L", "L", "M", "M", "S", "S"]);
  });
});

describe("fast keys", () => {
  it("are a scan, slow ones are not", () => {
    const burst = new KeyBurst();
    expect(burst.feed("n", 0)).toEqual({ kind: "single" });
    expect(burst.feed("n", 300)).toEqual({ kind: "single" });
    expect(burst.feed("7", 310)).toEqual({ kind: "scan", text: "n7" });
    expect(burst.feed("Q", 320)).toEqual({ kind: "scan", text: "n7Q" });
    expect(burst.feed("r", 900)).toEqual({ kind: "single" });
  });
});

describe("sounds", () => {
  it("tell the worst of a batch, and only that", () => {
    expect(endTone({ pass: 5, fail: 1, error: 1 })).toBe("error");
    expect(endTone({ pass: 5, fail: 1, error: 0 })).toBe("fail");
    expect(endTone({ pass: 5, fail: 0, error: 0 })).toBe("passed");
    expect(endTone({ pass: 0, fail: 0, error: 0 })).toBe("aborted");
  });

  it("last less than 0.6 s", () => {
    const longest = Math.max(...Object.values(TONES).flatMap((notes) => notes.map(({ at, length }) => at + length)));
    expect(longest).toBeLessThan(0.6);
  });
});
