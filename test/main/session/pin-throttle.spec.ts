import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pauseAfter, PinThrottle } from "../../../main/session/pin-throttle.ts";
import { seconds } from "../../../src/core/duration.ts";
import { StationError } from "../../../src/core/error.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";

/** What a try is refused with; undefined: it may be made. */
function refusal(throttle: PinThrottle, name: string): StationError | undefined {
  try {
    throttle.begin(name);
    return undefined;
  } catch (error) {
    return error instanceof StationError ? error : undefined;
  }
}

describe("PinThrottle", () => {
  it("makes a name wait 1, 2, 4 … and at most 60 seconds", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50, 2000].map((wrong) => pauseAfter(wrong) / 1000)).toEqual([
      ...[1, 2, 4, 8, 16, 32, 60, 60, 60, 60],
    ]);
  });

  it("refuses the next PIN of the name until the wait is over, and says for how long", async () => {
    const clock = new VirtualClock();
    const throttle = new PinThrottle(clock);
    for (const wait of [1, 2, 4, 8, 16, 32, 60, 60]) {
      throttle.begin("ana");
      expect(refusal(throttle, "ana")).toMatchObject({
        code: "operators.wait",
        facts: { name: "ana", wait: { value: wait, unit: "s" } },
      });
      await clock.advance(seconds(wait - 0.001));
      expect(refusal(throttle, "ana")?.code).toBe("operators.wait");
      await clock.advance(seconds(0.001));
    }
  });

  it("leaves other names alone, and forgets the wrong ones after a right one", async () => {
    const clock = new VirtualClock();
    const throttle = new PinThrottle(clock);
    throttle.begin("ana");
    expect(refusal(throttle, "bo")).toBeUndefined();
    throttle.forgive("ana");
    expect(refusal(throttle, "ana")).toBeUndefined();
    expect(refusal(throttle, "ana")).toMatchObject({ facts: { wait: { value: 1, unit: "s" } } });
  });

  it("never lets more than one PIN through for every wait, however the tries come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 60 }), async (gaps) => {
        const clock = new VirtualClock();
        const throttle = new PinThrottle(clock);
        const passed: number[] = [];
        for (const gap of gaps) {
          await clock.advance(seconds(gap / 1000));
          if (refusal(throttle, "ana") === undefined) passed.push(clock.monotonic());
        }
        passed.slice(1).forEach((at, index) => {
          expect(at - (passed[index] ?? 0)).toBeGreaterThanOrEqual(pauseAfter(index + 1));
        });
      }),
      { numRuns: 40 },
    );
  });
});
