import { describe, expect, it } from "vitest";
import { judgeScan, type ScanContext } from "../../../../renderer/screens/line/scan-rules.ts";
import { busy, ended, idle, slot } from "./trays.ts";

const context = (more: Partial<ScanContext> = {}): ScanContext => ({
  ...{ target: slot(2), pattern: "7Q[0-9A-F]{4}", prepared: new Map(), states: [idle(1), idle(2)] },
  ...more,
});

describe("a scan", () => {
  it("goes to the target slot, without the blanks around it", () => {
    expect(judgeScan(" 7Q4E90\t", context())).toEqual({ kind: "taken", serial: "7Q4E90", slot: "2" });
  });

  it.each(["7Q4E9", "x7Q4E90", "7Q4E90x", "7q4e90"])(
    "is refused when it does not match the recipe's pattern as a whole: %s",
    (text) => {
      expect(judgeScan(text, context())).toMatchObject({ refusal: { why: "pattern" } });
    },
  );

  it("is free when the recipe has no pattern", () => {
    expect(judgeScan("anything goes", context({ pattern: undefined }))).toMatchObject({ kind: "taken" });
  });

  it("is refused when the serial waits in another slot", () => {
    const prepared = new Map([[slot(1), "7Q4E90"]]);
    expect(judgeScan("7Q4E90", context({ prepared }))).toMatchObject({ refusal: { why: "scannedBefore", slot: "1" } });
  });

  it("is refused when the unit runs, or has passed in this tray", () => {
    const states = [busy(1, "7Q0001"), ended(3, "PASS", undefined, { boardSerial: "7Q0003" })];
    expect(judgeScan("7Q0001", context({ states }))).toMatchObject({ refusal: { why: "running", slot: "1" } });
    expect(judgeScan("7Q0003", context({ states }))).toMatchObject({ refusal: { why: "passed", slot: "3" } });
  });

  it("is taken when the unit had an ERROR in another slot", () => {
    const states = [ended(1, "ERROR", "link.lost", { boardSerial: "7Q0001" })];
    expect(judgeScan("7Q0001", context({ states }))).toMatchObject({ kind: "taken" });
  });

  it("is refused when every slot has its unit", () => {
    expect(judgeScan("7Q4E90", context({ target: undefined }))).toMatchObject({ refusal: { why: "noTarget" } });
  });

  it.each([
    ["", "unreadable"],
    ["7Q\u0000", "unreadable"],
    ["7".repeat(65), "tooLong"],
  ])("is refused when it cannot be a serial: %j", (text, why) => {
    expect(judgeScan(text, context())).toMatchObject({ refusal: { why } });
  });
});
