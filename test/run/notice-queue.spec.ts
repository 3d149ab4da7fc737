import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { NoticeQueue } from "../../src/run/notice-queue.ts";

describe("a queue of notices", () => {
  it("gives what waits, in order, and then what comes", async () => {
    const queue = new NoticeQueue<number>(new VirtualClock());
    queue.push(1);
    queue.push(2);
    expect([await queue.next(seconds(1)), await queue.next(seconds(1))]).toEqual([1, 2]);
    const third = queue.next(seconds(1));
    queue.push(3);
    expect(await third).toBe(3);
  });

  it("gives nothing when nothing comes within the limit, and leaves no timer", async () => {
    const clock = new VirtualClock();
    const queue = new NoticeQueue<number>(clock);
    const next = queue.next(seconds(5));
    await clock.advance(seconds(5));
    expect(await next).toBeUndefined();
    expect(clock.untilNext()).toBeUndefined();
  });

  it("fails with the signal's reason, before and while it waits", async () => {
    const clock = new VirtualClock();
    const queue = new NoticeQueue<number>(clock);
    const stop = new AbortController();
    const waiting = queue.next(seconds(5), stop.signal);
    stop.abort(new StationError("station.aborted", "stopped"));
    await expect(waiting).rejects.toMatchObject({ code: "station.aborted" });
    await expect(queue.next(seconds(5), stop.signal)).rejects.toMatchObject({ code: "station.aborted" });
    expect(clock.untilNext()).toBeUndefined();
  });

  it("is bounded, whatever floods it", async () => {
    const queue = new NoticeQueue<number>(new VirtualClock());
    for (let item = 0; item < 5000; item++) queue.push(item);
    for (let item = 0; item < 1000; item++) expect(await queue.next(seconds(1))).toBe(item);
    const clockless = queue.next(seconds(1));
    queue.push(7);
    expect(await clockless).toBe(7);
  });
});
