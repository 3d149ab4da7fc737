import { describe, expect, it } from "vitest";
import { nextBatch, nextToScan } from "../../../../renderer/screens/line/batch-plan.ts";
import { promptOf } from "../../../../renderer/screens/line/scan-prompt.ts";
import { tallyOf } from "../../../../renderer/screens/line/tally.ts";
import { lookOf } from "../../../../renderer/screens/line/tile-look.ts";
import { tileWords } from "../../../../renderer/screens/line/tile-words.ts";
import { busy, ended, idle, slot, trayOf } from "./trays.ts";

const slots = (...names: number[]) => new Set(names.map(slot));
const FREE = { needsSerial: false };

describe("a slot whose board is unplugged", () => {
  it("is shown as empty while nothing ran in it, and ready again when the board is back", () => {
    expect(lookOf(idle(1), { ...FREE, skipped: false, absent: true })).toBe("empty");
    expect(lookOf(idle(1), { ...FREE, skipped: false, absent: false })).toBe("ready");
    const words = tileWords(idle(1), "empty", { next: false, serial: undefined, absent: true }, (key) => key);
    expect(words).toEqual({ word: "line.looks.empty", detail: "line.noBoard" });
    expect(tallyOf(trayOf([idle(1), idle(2)], { ...FREE, absent: slots(2) }))).toMatchObject({ ready: 1, empty: 1 });
  });

  it("keeps its last result until the next unit", () => {
    const look = { ...FREE, skipped: false, absent: true };
    expect(lookOf(ended(1, "PASS"), look)).toBe("pass");
    expect(lookOf(ended(1, "ERROR", "link.lost"), look)).toBe("error");
    expect(lookOf(busy(1), look)).toBe("running");
  });

  it("is left out of the next batch, unless its unit was scanned", () => {
    const states = [idle(1), ended(2, "ERROR", "link.lost"), ended(3, "PASS"), idle(4)];
    const tray = trayOf(states, { ...FREE, absent: slots(2, 3, 4), prepared: new Map([[slot(4), "PS-4"]]) });
    expect(nextBatch(tray)).toEqual({ slots: ["1", "4"], serials: { 4: "PS-4" } });
    expect(nextBatch(trayOf(states, FREE)).slots).toEqual(["1", "2", "3", "4"]);
  });

  it("asks for boards where the whole tray is empty", () => {
    expect(promptOf(trayOf([idle(1)], { ...FREE, absent: slots(1) }), slot(1))).toEqual({ ask: "nothingIn" });
  });
});

describe("a tray that starts by plugging in", () => {
  it("asks for the next board, and for the serial of one that was plugged in", () => {
    expect(promptOf(trayOf([idle(1)], { ...FREE, armed: true }), slot(1))).toEqual({ ask: "plugIn" });
    const scanning = trayOf([ended(1, "PASS"), idle(2)], { armed: true, batchRuns: true });
    expect(promptOf(scanning, nextToScan(scanning))).toEqual({ ask: "plugInOrScan" });
    const plugged = { ...scanning, waiting: slots(1) };
    expect(nextToScan(plugged)).toBe("1");
    expect(promptOf(plugged, nextToScan(plugged))).toEqual({ ask: "scan", slot: "1" });
  });

  it("asks no second time for a serial that was scanned", () => {
    const tray = trayOf([idle(1), idle(2)], { armed: true, waiting: slots(1), prepared: new Map([[slot(1), "PS-1"]]) });
    expect(nextToScan(tray)).toBe("2");
  });
});
