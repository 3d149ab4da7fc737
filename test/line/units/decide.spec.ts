import { describe, expect, it } from "vitest";
import type { Lease, Passed } from "../../../src/contract/line-lease.ts";
import { conflictOf, leaseState, passedStep, renewalStep, type AloneRun } from "../../../src/line/units/decide.ts";
import type { Seen } from "../../../src/line/units/keys.ts";
import { idOf } from "./interlock-rig.ts";

const [HERE, THERE] = [idOf(901), idOf(902)];
const lease = (station: string, run: number): Seen<Lease> => ({
  ...{ kind: "value", revision: 7 },
  value: { schema: 1, station, stationName: "s", run: idOf(run), slot: "1", at: "2026-01-01T00:00:00.000Z" } as Lease,
});
const passed = (station: string, at: string): Seen<Passed> => ({
  ...{ kind: "value", revision: 7 },
  value: { schema: 1, station, stationName: "s", run: idOf(9), at, recipe: "B 1", recipeSha256: "a" } as Passed,
});
const NOTHING = { kind: "nothing" } as const;

describe("a lease", () => {
  it.each([
    [0, "good"],
    [19_999, "good"],
    [20_000, "late"],
    [27_999, "late"],
    [28_000, "over"],
    [3_600_000, "over"],
  ] as const)("of 30 s that was silent for %d ms is %s", (silent, state) => {
    expect(leaseState(silent, 30_000)).toBe(state);
  });

  it.each([
    ["its own", lease(HERE, 1), false, { do: "write", revision: 7 }],
    ["nothing", NOTHING, false, { do: "write", revision: 0 }],
    ["nothing after it lapsed", NOTHING, true, { do: "lost" }],
    ["somebody's mark", { kind: "given-back", revision: 8 }, false, { do: "lost" }],
    ["something unreadable", { kind: "unreadable", revision: 8 }, false, { do: "lost" }],
    ["another run of the station", lease(HERE, 2), false, { do: "lost" }],
    ["another station's", lease(THERE, 1), false, { do: "lost" }],
  ] as const)("whose renewal meets %s goes on rightly", (_what, seen, lapsed, step) => {
    expect(renewalStep(seen, { station: HERE, run: idOf(1) }, lapsed)).toMatchObject(step);
  });
});

describe("a run that was alone", () => {
  const alone: AloneRun = {
    ...{ station: HERE, run: idOf(1), startedAt: "2026-01-01T10:00:00.000Z", running: false, again: false },
  };
  const ended = { ...alone, passedAt: "2026-01-01T10:05:00.000Z" };
  const running = { ...alone, running: true };
  const [before, after] = ["2026-01-01T09:00:00.000Z", "2026-01-01T11:00:00.000Z"];

  it.each([
    ["passed, and nobody else was there", ended, NOTHING, NOTHING, undefined],
    ["passed, and another works on the unit", ended, lease(THERE, 2), NOTHING, "held"],
    ["runs, and another works on the unit", running, lease(THERE, 2), NOTHING, "held"],
    ["runs, and has the lease", running, lease(HERE, 1), NOTHING, undefined],
    ["failed, and another works on the unit", alone, lease(THERE, 2), NOTHING, undefined],
    ["passed, and another did after", ended, NOTHING, passed(THERE, after), "passed"],
    ["passed, and another had before", ended, NOTHING, passed(THERE, before), "passed"],
    ["failed, and another had passed before", alone, NOTHING, passed(THERE, before), "passed"],
    ["failed, and another passed after", alone, NOTHING, passed(THERE, after), undefined],
    ["went over passed units", { ...ended, again: true }, NOTHING, passed(THERE, before), undefined],
    [
      "went over passed units, and another passed after",
      { ...ended, again: true },
      NOTHING,
      passed(THERE, after),
      "passed",
    ],
    ["passed, and its own station did", ended, NOTHING, passed(HERE, after), undefined],
    ["passed, and what is there cannot be read", ended, { kind: "unreadable", revision: 1 }, NOTHING, undefined],
  ] as const)("and %s", (_what, run, held, done, conflict) => {
    expect(conflictOf(run, held, done)?.what).toBe(conflict);
  });
});

describe("a PASS", () => {
  it.each([
    ["nothing", NOTHING, { do: "write", revision: 0 }],
    ["a mark", { kind: "given-back", revision: 3 }, { do: "write", revision: 3 }],
    ["something unreadable", { kind: "unreadable", revision: 3 }, { do: "write", revision: 3 }],
    ["an older one", passed(THERE, "2026-01-01T09:00:00.000Z"), { do: "write", revision: 7 }],
    ["a newer one", passed(THERE, "2026-01-01T11:00:00.000Z"), { do: "keep" }],
  ] as const)("is written over %s as it should", (_what, seen, step) => {
    expect(passedStep(seen, { run: idOf(1) as never, at: "2026-01-01T10:00:00.000Z" })).toEqual(step);
  });
});
