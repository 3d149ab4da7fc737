import { describe, expect, it } from "vitest";
import { nextBatch, nextToScan, staysIn } from "../../../../renderer/screens/line/batch-plan.ts";
import { promptOf } from "../../../../renderer/screens/line/scan-prompt.ts";
import { busy, ended, idle, slot, trayOf } from "./trays.ts";

const error = ended(2, "ERROR", "transport.timeout", { boardSerial: "7Q0002" });

describe("the next slot to scan", () => {
  it("is the first free one in the fixture's order", () => {
    const states = [idle(1), idle(2), idle(3)];
    expect(nextToScan(trayOf(states, { prepared: new Map([[slot(1), "a"]]), skipped: new Set([slot(2)]) }))).toBe("3");
  });

  it("passes over slots with a result while a batch runs, and over a unit that stays in", () => {
    const states = [ended(1, "PASS"), error, busy(3), idle(4)];
    expect(nextToScan(trayOf(states, { batchRuns: true }))).toBe("4");
    expect(nextToScan(trayOf(states))).toBe("1");
    expect(nextToScan(trayOf([error]))).toBeUndefined();
  });
});

describe("the next batch", () => {
  it("has the scanned units, and those that stay in with their serial, where the recipe wants serials", () => {
    const tray = trayOf([ended(1, "PASS"), error, idle(3)], { prepared: new Map([[slot(3), "7Q0003"]]) });
    expect(nextBatch(tray)).toEqual({ slots: ["2", "3"], serials: { "2": "7Q0002", "3": "7Q0003" } });
  });

  it("has every slot that was not skipped, where serials are free", () => {
    const tray = trayOf([idle(1), ended(2, "PASS"), idle(3)], { needsSerial: false, skipped: new Set([slot(3)]) });
    expect(nextBatch(tray)).toEqual({ slots: ["1", "2"], serials: {} });
  });

  it("has only newly scanned units while a batch runs", () => {
    const tray = trayOf([busy(1), error, idle(3), idle(4)], { batchRuns: true, prepared: new Map([[slot(4), "x"]]) });
    expect(nextBatch(tray)).toEqual({ slots: ["4"], serials: { "4": "x" } });
  });

  it("keeps a unit in only after an ERROR that may pass by", () => {
    expect(staysIn(error)).toBe(true);
    expect(staysIn(ended(1, "ERROR", "transport.tls-untrusted"))).toBe(false);
    expect(staysIn(ended(1, "FAIL", "at.silent"))).toBe(false);
  });
});

describe("the prompt", () => {
  it("names the slot to scan", () => {
    const tray = trayOf([busy(1), idle(2)], { batchRuns: true });
    expect(promptOf(tray, nextToScan(tray))).toEqual({ ask: "scan", slot: "2" });
  });

  it("asks to empty the tray after a batch, and to keep what runs again", () => {
    expect(promptOf(trayOf([ended(1, "PASS")]), slot(1))).toEqual({ ask: "emptyAndScan" });
    expect(promptOf(trayOf([ended(1, "PASS"), error]), slot(1))).toEqual({ ask: "keepAndScan", slots: ["2"] });
    expect(promptOf(trayOf([ended(1, "PASS")], { needsSerial: false }), slot(1))).toEqual({ ask: "emptyAndStart" });
  });

  it("says when nothing is left to scan, and when there is nothing to do", () => {
    const scanned = trayOf([idle(1)], { prepared: new Map([[slot(1), "x"]]) });
    expect(promptOf(scanned, undefined)).toEqual({ ask: "allScanned" });
    expect(promptOf(trayOf([busy(1)], { batchRuns: true }), undefined)).toEqual({ ask: "running" });
    expect(promptOf(trayOf([idle(1)], { needsSerial: false }), slot(1))).toEqual({ ask: "ready" });
  });
});
