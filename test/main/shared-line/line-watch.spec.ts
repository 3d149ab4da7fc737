import { describe, expect, it } from "vitest";
import { LineWatch, type LineSources, type LinkStatus } from "../../../main/shared-line/line-watch.ts";
import { LineStateSchema, type LineConflict, type LineState } from "../../../src/contract/desktop-line.ts";
import { seconds } from "../../../src/core/duration.ts";
import { StationError } from "../../../src/core/error.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { runId, uuidOf } from "../../audit/samples.ts";

const CONFLICT: LineConflict = {
  ...{ uuid: uuidOf(1), at: "2026-03-02T08:00:00.000Z", run: runId(1), what: "passed" },
  ...{ other: "bench-2", otherAt: "2026-03-02T07:59:00.000Z" },
};

function rig() {
  const clock = new VirtualClock();
  const told: LineState[] = [];
  const now: { link: LinkStatus; waiting: number; stuck?: StationError; conflicts: LineConflict[]; broken?: true } = {
    link: { state: "away", since: clock.now() },
    waiting: 0,
    conflicts: [],
  };
  const sources: LineSources = {
    ...{ name: "Line 3", station: "bench-1", whenAway: "refuse", training: false },
    link: () => now.link,
    waiting: () => {
      if (now.broken === true) throw new StationError("audit.closed", "closed");
      return now.waiting;
    },
    stuck: () => now.stuck,
    alone: () => 0,
    conflicts: () => now.conflicts,
  };
  const watch = new LineWatch(sources, clock, (state) => told.push(state));
  return { clock, told, now, watch };
}

describe("what the window hears of the line", () => {
  it("is told when it changes, once a second at most", async () => {
    const { clock, told, now, watch } = rig();
    expect(watch.state).toMatchObject({ link: "connecting", waiting: 0 });
    await clock.advance(seconds(3));
    expect(told).toEqual([]);
    now.link = { state: "connected", since: clock.now() };
    for (let count = 1; count <= 10; count += 1) {
      now.waiting = count;
      await clock.advance(seconds(0.1));
    }
    expect(told).toHaveLength(1);
    await clock.advance(seconds(1));
    expect(told.at(-1)).toMatchObject({ link: "reached", waiting: 10 });
    for (const state of told) expect(LineStateSchema.safeParse(state).error).toBeUndefined();
    watch.close();
    now.waiting = 0;
    await clock.advance(seconds(5));
    expect(told).toHaveLength(1);
  });

  it("says when the line was there last, and why it is not", async () => {
    const { clock, told, now } = rig();
    now.link = { state: "connected", since: clock.now() };
    await clock.advance(seconds(2));
    const lostAt = clock.now();
    now.link = { state: "away", since: lostAt, why: new StationError("line.away", "the line was lost") };
    await clock.advance(seconds(10));
    expect(told.at(-1)).toMatchObject({
      ...{ link: "away", since: new Date(lostAt).toISOString(), reachedAt: new Date(lostAt).toISOString() },
      problem: { code: "line.away" },
    });
    now.link = { state: "closed" };
    await clock.advance(seconds(1));
    expect(told.at(-1)).toMatchObject({ link: "stopped" });
  });

  it("is away from the first failure on, and stuck where events do not travel", async () => {
    const { clock, told, now } = rig();
    now.link = { state: "away", since: clock.now(), why: new StationError("line.refused", "no") };
    await clock.advance(seconds(1));
    expect(told.at(-1)).toMatchObject({ link: "away", problem: { code: "line.refused" } });
    expect(told.at(-1)?.reachedAt).toBeUndefined();
    now.link = { state: "connected", since: clock.now() };
    now.stuck = new StationError("line.forked", "another history");
    await clock.advance(seconds(1));
    expect(told.at(-1)).toMatchObject({ link: "reached", problem: { code: "line.forked" } });
  });

  it("shows conflicts at once where it is asked to look, and outlives a record that cannot be read", async () => {
    const { clock, told, now, watch } = rig();
    now.conflicts = [CONFLICT];
    watch.look();
    expect(told.at(-1)?.conflicts).toEqual([CONFLICT]);
    now.broken = true;
    await clock.advance(seconds(2));
    expect(watch.state.conflicts).toEqual([CONFLICT]);
    delete now.broken;
    now.conflicts = [];
    await clock.advance(seconds(1));
    expect(told.at(-1)?.conflicts).toEqual([]);
  });
});
