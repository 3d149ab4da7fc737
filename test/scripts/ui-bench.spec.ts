import { describe, expect, it } from "vitest";
import { growthOf, meanOf, shown, spreadOf } from "../../scripts/ui-bench/figures.ts";
import { memoryOf, workBetween, type ProcessFacts } from "../../scripts/ui-bench/processes.ts";
import { tracedTasks } from "../../scripts/ui-bench/trace.ts";

describe("figures", () => {
  it("spread: percentiles, the largest, and how many are over the budget", () => {
    const values = Array.from({ length: 200 }, (_, index) => index + 1);
    expect(spreadOf(values, 50)).toEqual({ p50: 100, p99: 198, max: 200, over: 150 });
    expect(spreadOf([50, 50.1], 50).over).toBe(1);
    expect(spreadOf([], 50)).toEqual({ p50: 0, p99: 0, max: 0, over: 0 });
  });

  it("growth: the slope through all values, none of a single one", () => {
    expect(growthOf([10, 12, 14, 16])).toBeCloseTo(2);
    expect(growthOf([100, 101, 100, 101, 100])).toBeCloseTo(0);
    expect(growthOf([5])).toBe(0);
    expect(growthOf([])).toBe(0);
  });

  it("shows three digits", () => {
    expect([shown(123.456), shown(0.012345), meanOf([]), meanOf([1, 2])]).toEqual([123, 0.0123, 0, 1.5]);
  });
});

describe("tracedTasks", () => {
  const thread = (pid: number, tid: number, name: string) => ({
    ph: "M",
    name: "thread_name",
    pid,
    tid,
    args: { name },
  });
  const task = (pid: number, tid: number, dur: number, tdur?: number, name = "RunTask") => ({
    ...{ ph: "X", name, pid, tid, ts: 1, dur },
    ...(tdur === undefined ? {} : { tdur }),
  });

  it("takes the tasks of the two main threads, in ms", () => {
    const traceEvents = [
      task(1, 1, 2000, 1500),
      thread(1, 1, "CrBrowserMain"),
      thread(1, 2, "Chrome_IOThread"),
      thread(2, 2, "CrRendererMain"),
      task(1, 2, 9000, 9000),
      task(2, 2, 60_000, 40_000, "ThreadControllerImpl::RunTask"),
      task(2, 2, 5000, 5000, "FunctionCall"),
      task(2, 2, 10),
    ];
    expect(tracedTasks(JSON.stringify({ traceEvents }))).toEqual({
      main: [{ wall: 2, cpu: 1.5 }],
      renderer: [
        { wall: 60, cpu: 40 },
        { wall: 0.01, cpu: 0 },
      ],
    });
  });
});

describe("processes", () => {
  const facts = (kind: ProcessFacts["kind"], pid: number, cpuSeconds: number, rss: number): ProcessFacts => ({
    ...{ kind, pid, cpuSeconds, rss, pss: rss / 2 },
  });
  const before = [facts("main", 1, 10, 200), facts("worker", 2, 1, 90)];
  const after = [facts("main", 1, 12, 210), facts("worker", 2, 1.5, 100), facts("worker", 3, 2, 50)];

  it("memory by kind, of one worker the mean", () => {
    expect(memoryOf(after, "rss")).toEqual({ main: 210, renderer: 0, gpu: 0, worker_mean: 75, total: 360 });
    expect(memoryOf(after, "pss").total).toBe(180);
  });

  it("work between two looks; a process that is new counts whole", () => {
    expect(workBetween(before, after)).toEqual({ main: 2, renderer: 0, gpu: 0, worker: 2.5, other: 0 });
  });
});
