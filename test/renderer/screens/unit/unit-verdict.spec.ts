import { describe, expect, it } from "vitest";
import { againRequest, canRunAgain } from "../../../../renderer/screens/unit/run-again.ts";
import { supportText } from "../../../../renderer/screens/unit/support-text.ts";
import { verdictOf } from "../../../../renderer/screens/unit/unit-verdict.ts";
import { idleSlot } from "../../../../src/contract/slot-state.ts";
import { reduceSlot } from "../../../../src/contract/slot-state.ts";
import { recordedRuns } from "../recorded-runs.ts";

const { passed, failed } = recordedRuns();

describe("the verdict on a run", () => {
  it("tells where and why it failed, and what to do", () => {
    const verdict = verdictOf(failed.run, failed.events);
    expect(verdict).toMatchObject({ outcome: "FAIL", phase: "provision", code: "at.keygen-failed" });
    expect(verdict.advice).toContain("run the unit again");
    expect(verdict.facts.map(({ name }) => name)).toEqual(["command", "id", "reply"]);
  });

  it("has no reason for a unit that passed", () => {
    const verdict = verdictOf(passed.run, passed.events);
    expect(verdict).toMatchObject({ outcome: "PASS", code: undefined, advice: undefined, phase: undefined, facts: [] });
  });

  it("takes the code from the row where a power cut left no last event", () => {
    const cut = failed.events.slice(0, 40);
    const run = { ...failed.run, outcome: "ABORTED", code: "run.interrupted", elapsedMs: null } as const;
    const verdict = verdictOf(run, cut);
    expect(verdict).toMatchObject({ outcome: "ABORTED", phase: "provision", code: "run.interrupted" });
    expect(verdict.advice).toContain("check the board");
  });
});

describe("running a slot again", () => {
  const [started] = failed.events;
  const { slot } = failed.run;
  const fixture = { name: "Tray", rows: 1, columns: 1, slots: [{ slot, row: 1, column: 1, port: "tcp://a:1" }] };

  it("is possible for an idle slot of the tray, while runs can be recorded", () => {
    const free = { fixture, storeFailed: false, slot: idleSlot(slot) };
    expect(canRunAgain(failed.run, free)).toBe("possible");
    expect(canRunAgain(failed.run, { ...free, storeFailed: true })).toBe("blocked");
    expect(canRunAgain(failed.run, { ...free, slot: reduceSlot(idleSlot(slot), started!) })).toBe("running");
    expect(canRunAgain(passed.run, free)).toBe("no-slot");
  });

  it("asks for the slot with the unit's serial; what passed may pass again", () => {
    expect(againRequest({ ...failed.run, boardSerial: "PS-1" }, "Ada", false)).toEqual({
      ...{ slots: ["2"], serials: { "2": "PS-1" }, again: false, operator: "Ada" },
    });
    expect(againRequest(passed.run, null, false)).toEqual({ slots: ["1"], serials: {}, again: true });
    expect(againRequest(failed.run, null, true).again).toBe(true);
  });
});

describe("the text for support", () => {
  it("holds outcome, facts, phases and the transcript, and no secret", () => {
    const text = supportText(failed, "0.1.0");
    expect(text).toContain("Provisioning Station 0.1.0: FAIL [at.keygen-failed]");
    expect(text).toContain("imei: 355025936247749");
    expect(text).toContain("provision 1: failed, 404 ms");
    expect(text).toContain("verify: unreached");
    expect(text).toContain("> AT%KEYGEN 16842753,2,0");
    expect(text).toContain("< +CME ERROR: 523");
    expect(text).not.toMatch(/BEGIN (EC )?PRIVATE/);
  });
});
