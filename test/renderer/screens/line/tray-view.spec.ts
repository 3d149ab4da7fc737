import { describe, expect, it } from "vitest";
import type { SlotPlace } from "../../../../src/contract/desktop-snapshot.ts";
import type { BatchId } from "../../../../src/core/ids.ts";
import { batchView, endedOf } from "../../../../renderer/screens/line/batch-view.ts";
import { conditionOf, needsOf } from "../../../../renderer/screens/line/needs.ts";
import { phaseShares } from "../../../../renderer/screens/line/phase-segments.ts";
import { tallyOf, timeLeft, usualSpan } from "../../../../renderer/screens/line/tally.ts";
import { lookOf } from "../../../../renderer/screens/line/tile-look.ts";
import { tileWords } from "../../../../renderer/screens/line/tile-words.ts";
import { around, walk } from "../../../../renderer/screens/line/tray-walk.ts";
import { BEGUN, busy, ended, idle, slot, trayOf } from "./trays.ts";

const free = { skipped: false, needsSerial: true };
const MINUTE = 60_000;

describe("the look of a tile", () => {
  it("is what goes on, then what is prepared, then the last result", () => {
    expect(lookOf(busy(1), { ...free, serial: "x" })).toBe("running");
    expect(lookOf(ended(1, "FAIL"), { ...free, serial: "x" })).toBe("ready");
    expect(lookOf(ended(1, "FAIL"), { ...free, skipped: true })).toBe("empty");
    expect(lookOf(ended(1, "ABORTED"), free)).toBe("aborted");
    expect(lookOf(idle(1), free)).toBe("scan");
    expect(lookOf(idle(1), { ...free, needsSerial: false })).toBe("ready");
  });

  it("waits for the next unit once the golden unit has passed, and keeps what is wrong with it", () => {
    const golden = { ...ended(1, "PASS"), purpose: "golden" } as const;
    expect(lookOf(golden, free)).toBe("scan");
    expect(lookOf({ ...golden, outcome: "FAIL" }, free)).toBe("fail");
    expect(lookOf({ ...ended(1, "PASS"), purpose: "gather" }, free)).toBe("pass");
  });

  it("comes with the word, the reason and the time", () => {
    const words = tileWords(
      ended(14, "FAIL", "run.credential-missing"),
      "fail",
      { next: false, serial: undefined },
      (key) => key,
    );
    expect(words).toMatchObject({ word: "line.looks.fail", why: "faults.keyNotKept.short", detail: "1:00" });
  });
});

describe("the phase segments", () => {
  it("fill one by one, the current one by its commands", () => {
    expect(phaseShares(busy(1))).toEqual([1, 1, 1, 1, 0.5, 0, 0]);
  });
});

describe("what needs a person", () => {
  it("stands newest first, slots with the same fault together, without those that have their next unit", () => {
    const states = [
      ended(1, "PASS"),
      ended(2, "FAIL", "at.silent", { elapsedMs: 5000 }),
      ended(3, "ERROR", "link.lost", { elapsedMs: 9000, commandsTotal: 0 }),
      ended(4, "ERROR", "link.lost", { elapsedMs: 8000, commandsTotal: 0 }),
      ended(5, "FAIL", "at.silent"),
    ];
    const needs = needsOf(states, (name) => name === "5");
    expect(needs.map(({ slots, family }) => [family, ...slots])).toEqual([
      ["linkLost", "3", "4"],
      ["modemSilent", "2"],
    ]);
  });

  it("calls a unit fine only when no command was sent to it", () => {
    expect(conditionOf(ended(1, "ERROR", "link.lost", { commandsTotal: 0 }))).toBe("fine");
    expect(conditionOf(ended(1, "ERROR", "link.lost", { commandsTotal: 3 }))).toBe("unsure");
    expect(conditionOf(ended(1, "FAIL", "at.silent", { commandsTotal: 0 }))).toBe("failed");
  });
});

describe("the panel's numbers", () => {
  it("count the tray by look", () => {
    const tray = trayOf([idle(1), idle(2), busy(3), ended(4, "PASS")], { skipped: new Set([slot(2)]) });
    expect(tallyOf(tray)).toMatchObject({ scan: 1, empty: 1, running: 1, pass: 1, fail: 0 });
  });

  it("tell the time left from what passed runs took", () => {
    expect(usualSpan([])).toBeUndefined();
    expect(usualSpan([3, 1, 2])).toBe(2);
    const now = Date.parse(BEGUN) + MINUTE;
    expect(timeLeft([busy(1), ended(2, "PASS")], 4 * MINUTE, now)).toBe(3 * MINUTE);
    expect(timeLeft([busy(1)], undefined, now)).toBeUndefined();
    expect(timeLeft([ended(2, "PASS")], MINUTE, now)).toBeUndefined();
  });

  it("follow the running batch, and keep the last one", () => {
    const batch = "0195549c-9a00-7000-8000-0000004f09a2" as BatchId;
    const states = [ended(1, "PASS"), busy(2), idle(3)];
    const running = batchView([{ batch, startedAt: BEGUN, slots: [slot(1), slot(2)] }], undefined, states);
    expect(running).toMatchObject({ kind: "running", name: "4F09A2", units: 2, tally: { pass: 1, running: 1 } });
    expect(running).toMatchObject({ underway: 4 / 7 });
    const counts = { units: 3, pass: 1, fail: 1, error: 0, aborted: 1 };
    const finished = batchView([], { batch, ...counts, seconds: 61 }, states);
    expect(finished).toMatchObject({ kind: "finished", units: 3, span: 61_000 });
    expect(finished.kind === "finished" && endedOf(finished.tally)).toBe(3);
    expect(batchView([], undefined, states)).toEqual({ kind: "none" });
  });
});

describe("walking the tray by keys", () => {
  const places: SlotPlace[] = [
    [1, 1],
    [1, 2],
    [2, 1],
    [3, 2],
  ].map(([row = 1, column = 1], index) => ({ slot: slot(index + 1), row, column, port: "p" }));

  it("goes by rows and columns, over gaps, and stops at the edges", () => {
    expect(walk(places, slot(1), "ArrowRight")).toBe("2");
    expect(walk(places, slot(2), "ArrowDown")).toBe("4");
    expect(walk(places, slot(1), "ArrowUp")).toBeUndefined();
    expect(walk(places, slot(1), "End")).toBe("4");
    expect(walk(places, slot(1), "x")).toBeUndefined();
  });

  it("goes around the slots that need a person, both ways", () => {
    const all = ["1", "2", "3", "4"].map(slot);
    const needing = [slot(2), slot(4)];
    expect(around(needing, all, undefined, false)).toBe("2");
    expect(around(needing, all, slot(2), false)).toBe("4");
    expect(around(needing, all, slot(4), false)).toBe("2");
    expect(around(needing, all, slot(2), true)).toBe("4");
    expect(around([], all, slot(2), true)).toBeUndefined();
  });
});
