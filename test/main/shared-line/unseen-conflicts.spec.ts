import { expect, it } from "vitest";
import { unseenConflicts } from "../../../main/shared-line/unseen-conflicts.ts";
import type { LineConflict } from "../../../src/contract/desktop-line.ts";
import { runId, uuidOf } from "../../audit/samples.ts";

function conflict(count: number, at: string, what: LineConflict["what"] = "passed"): LineConflict {
  return { uuid: uuidOf(count), run: runId(count), at, what, other: "bench-2", otherAt: at };
}

const third = conflict(3, "2026-03-02T07:00:00.000Z");
const second = conflict(2, "2026-03-02T08:00:02.000Z", "held");
const first = conflict(1, "2026-03-02T08:00:01.000Z");
const newest = [third, second, first];

it("all conflicts are unseen as long as none was seen", () => {
  expect(unseenConflicts(newest, undefined)).toEqual(newest);
});

it("those behind the seen one in the record are unseen, though the clock was set back in between", () => {
  expect(unseenConflicts(newest, second)).toEqual([third]);
  expect(unseenConflicts(newest, third)).toEqual([]);
});

it("another conflict of the same run is another one", () => {
  expect(unseenConflicts(newest, { run: second.run, what: "passed" })).toEqual(newest);
});

it("where the seen one is no longer among the newest, all of those came later", () => {
  expect(unseenConflicts(newest, conflict(9, first.at))).toEqual(newest);
});
