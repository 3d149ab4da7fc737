import { describe, expect, it } from "vitest";
import { Jobs, type JobWatch } from "../../../main/desk/jobs.ts";
import type { JobProgress } from "../../../src/contract/desktop-news.ts";
import { milliseconds } from "../../../src/core/duration.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";

function rig() {
  const clock = new VirtualClock();
  const told: JobProgress[] = [];
  return { clock, told, jobs: new Jobs(clock, (progress) => told.push(progress)) };
}

const untilCancelled = ({ signal }: JobWatch): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });

describe("Jobs", () => {
  it("cancels the work of a name, and no other", async () => {
    const { jobs } = rig();
    const one = jobs.run("one", untilCancelled);
    const two = jobs.run("two", untilCancelled);
    jobs.cancel("none");
    jobs.cancel("one");
    await expect(one).rejects.toMatchObject({ code: "desktop.cancelled" });
    jobs.cancelAll();
    await expect(two).rejects.toMatchObject({ code: "desktop.cancelled" });
  });

  it("gives a name to one piece of work at a time", async () => {
    const { jobs } = rig();
    const first = jobs.run("one", untilCancelled);
    await expect(jobs.run("one", untilCancelled)).rejects.toMatchObject({ code: "desktop.request" });
    jobs.cancel("one");
    await expect(first).rejects.toThrow();
    await expect(jobs.run("one", async () => 7)).resolves.toBe(7);
  });

  it("tells progress at most ten times a second, and always the end", async () => {
    const { jobs, clock, told } = rig();
    await jobs.run("one", async ({ progress }) => {
      for (let done = 0; done <= 100; done++) {
        progress({ done, total: 100 });
        await clock.advance(milliseconds(10));
      }
    });
    expect(told.map(({ done }) => done)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(told.every(({ job }) => job === "one")).toBe(true);
  });
});
