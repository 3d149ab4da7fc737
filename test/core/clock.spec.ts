import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sleep, withLimit } from "../../src/core/clock.ts";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";

const late = { code: "at.timeout", what: "no answer", facts: { command: "AT" } } as const;

describe("sleep", () => {
  it("ends after its delay, not before", async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const sleeping = sleep(clock, seconds(5)).then(() => seen.push("awake"));
    await clock.advance(milliseconds(4999));
    expect(seen).toEqual([]);
    await clock.advance(milliseconds(1));
    await sleeping;
    expect(seen).toEqual(["awake"]);
  });

  it("ends with the signal's reason and leaves no timer behind", async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const sleeping = sleep(clock, seconds(5), controller.signal);
    controller.abort(new StationError("station.aborted", "stopped by the operator"));
    await expect(sleeping).rejects.toMatchObject({ code: "station.aborted" });
    expect(clock.untilNext()).toBeUndefined();
  });

  it("refuses at once when the signal is aborted already", async () => {
    const clock = new VirtualClock();
    const signal = AbortSignal.abort("early");
    await expect(sleep(clock, seconds(5), signal)).rejects.toMatchObject({ code: "station.aborted" });
    expect(clock.untilNext()).toBeUndefined();
  });
});

describe("withLimit", () => {
  it("answers what the work answers and leaves no timer behind", async () => {
    const clock = new VirtualClock();
    expect(await withLimit(clock, seconds(5), late, async () => "done")).toBe("done");
    await clock.advance(milliseconds(0));
    expect(clock.untilNext()).toBeUndefined();
  });

  it("fails with the limit among the facts, even when the work ignores its signal", async () => {
    const clock = new VirtualClock();
    const work = withLimit(clock, seconds(5), late, () => new Promise(() => undefined));
    const failure = work.catch((error: unknown) => error);
    await clock.advance(seconds(5));
    expect(await failure).toMatchObject({
      code: "at.timeout",
      facts: { command: "AT", limit: { value: 5000, unit: "ms" } },
    });
  });

  it("aborts the work's signal when the limit passes", async () => {
    const clock = new VirtualClock();
    const seen: boolean[] = [];
    const work = withLimit(clock, seconds(5), late, (signal) => {
      signal.addEventListener("abort", () => seen.push(signal.aborted));
      return new Promise(() => undefined);
    }).catch(() => undefined);
    await clock.advance(seconds(5));
    await work;
    expect(seen).toEqual([true]);
  });

  it("hands on the outer signal's reason", async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const work = withLimit(clock, seconds(5), late, () => new Promise(() => undefined), controller.signal);
    controller.abort(new StationError("link.lost", "unplugged"));
    await expect(work).rejects.toMatchObject({ code: "link.lost" });
    expect(clock.untilNext()).toBeUndefined();
  });
});

describe("VirtualClock", () => {
  it("fires timers in order of their due time, then of their making", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 20 }), async (delays) => {
        const clock = new VirtualClock();
        const fired: number[] = [];
        delays.forEach((delay, index) => clock.after(milliseconds(delay), () => fired.push(index)));
        await clock.advance(milliseconds(50));
        const expected = delays
          .map((delay, index) => ({ delay, index }))
          .sort((a, b) => a.delay - b.delay || a.index - b.index);
        expect(fired).toEqual(expected.map(({ index }) => index));
      }),
      { numRuns: 50 },
    );
  });

  it("lets the wall clock jump without firing timers or moving the monotonic clock", async () => {
    const clock = new VirtualClock(0);
    const fired: string[] = [];
    clock.after(seconds(1), () => fired.push("timer"));
    clock.jump(seconds(3600));
    await clock.advance(milliseconds(0));
    expect([clock.now(), clock.monotonic(), fired.length]).toEqual([3_600_000, 0, 0]);
  });
});
