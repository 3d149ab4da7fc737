import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { sleep } from "../../src/core/clock.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { WorkQueue, type Drive, type WorkItem } from "../../src/provisioning/work-queue.ts";

function rig(drive: Drive) {
  const clock = new VirtualClock();
  const done: string[] = [];
  const failures: StationError[] = [];
  const queue = new WorkQueue(clock, drive, (error) => failures.push(error));
  const item = (name: string, work: () => Promise<void> = () => Promise.resolve()): WorkItem => ({
    name,
    run: async () => {
      done.push(`${name}@${clock.monotonic() / 1000}`);
      await work();
    },
  });
  return { clock, done, failures, queue, item };
}

describe("the work queue", () => {
  it("runs items at their time, in the order of due time and then of asking", async () => {
    const { clock, done, queue, item } = rig("clock");
    queue.schedule(item("late"), seconds(5));
    queue.schedule(item("a"), seconds(1));
    queue.schedule(item("b"), seconds(1));
    await clock.advance(seconds(10));
    expect(done).toEqual(["a@1", "b@1", "late@5"]);
  });

  it("pulls a pending item forward or pushes it back instead of running it twice", async () => {
    const { clock, done, queue, item } = rig("clock");
    queue.schedule(item("step"), seconds(60));
    queue.schedule(item("step"), seconds(0));
    await clock.advance(seconds(100));
    queue.schedule(item("step"), seconds(1));
    queue.schedule(item("step"), seconds(3));
    await clock.advance(seconds(100));
    expect(done).toEqual(["step@0", "step@103"]);
  });

  it("runs one item at a time", async () => {
    const { clock, done, queue, item } = rig("clock");
    queue.schedule(
      item("long", () => sleep(clock, seconds(10))),
      seconds(1),
    );
    queue.schedule(item("next"), seconds(2));
    await clock.advance(seconds(20));
    expect(done).toEqual(["long@1", "next@11"]);
  });

  it("goes on after an item that failed, and tells", async () => {
    const { clock, done, failures, queue, item } = rig("clock");
    queue.schedule(
      item("bad", () => Promise.reject(new StationError("at.timeout", "silent"))),
      seconds(1),
    );
    queue.schedule(item("good"), seconds(2));
    await clock.advance(seconds(5));
    expect(done).toEqual(["bad@1", "good@2"]);
    expect(failures.map(({ code }) => code)).toEqual(["at.timeout"]);
  });

  it("lets a caller perform what is due, step by step", async () => {
    const { clock, done, queue, item } = rig("steps");
    queue.schedule(item("a"), seconds(2));
    expect([queue.nextDue, await queue.runNext()]).toEqual([2000, false]);
    await clock.advance(seconds(2));
    expect([done.length, await queue.runNext(), await queue.runNext()]).toEqual([0, true, false]);
    expect(done).toEqual(["a@2"]);
  });

  it("takes nothing more once closed, and leaves no timer", async () => {
    const { clock, done, queue, item } = rig("clock");
    queue.schedule(item("a"), seconds(1));
    await queue.close();
    queue.schedule(item("b"), seconds(1));
    expect(clock.untilNext()).toBeUndefined();
    await clock.advance(seconds(5));
    expect(done).toEqual([]);
  });
});
