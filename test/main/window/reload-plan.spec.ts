import { describe, expect, it } from "vitest";
import { ReloadPlan } from "../../../main/window/reload-plan.ts";
import { minutes } from "../../../src/core/duration.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";

describe("ReloadPlan", () => {
  it("reloads at once, and waits once a page crashes again and again", async () => {
    const clock = new VirtualClock();
    const plan = new ReloadPlan(clock);
    expect([plan.delay(), plan.delay(), plan.delay(), plan.delay()]).toEqual([0, 0, 0, 10_000]);
    await clock.advance(minutes(2));
    expect(plan.delay()).toBe(0);
  });
});
