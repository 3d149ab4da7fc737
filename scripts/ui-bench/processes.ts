import { readFileSync } from "node:fs";
import type { ElectronApplication } from "@playwright/test";
import { meanOf } from "./figures.ts";

const MIB = 1024 * 1024;

export type ProcessKind = "main" | "renderer" | "gpu" | "worker" | "other";

/** One process of the application; memory in MiB. */
export type ProcessFacts = {
  readonly kind: ProcessKind;
  readonly pid: number;
  /** Processor seconds since its start. */
  readonly cpuSeconds: number;
  /** All that it has in memory, what it shares with others counted whole. */
  readonly rss: number;
  /** The same, what it shares counted by its share; 0 where the system does not tell. */
  readonly pss: number;
};

/** All processes of the application. */
export async function processesOf(app: ElectronApplication): Promise<readonly ProcessFacts[]> {
  const metrics = await app.evaluate(({ app: electron }) => electron.getAppMetrics());
  return metrics.map(({ type, pid, name, cpu, memory }) => ({
    ...{ kind: kindOf(type, name), pid },
    cpuSeconds: cpu.cumulativeCPUUsage ?? 0,
    rss: memory.workingSetSize / 1024,
    pss: proportional(pid),
  }));
}

function kindOf(type: string, name: string | undefined): ProcessKind {
  if (type === "Browser") return "main";
  if (type === "Tab") return "renderer";
  if (type === "GPU") return "gpu";
  return name?.startsWith("slot ") === true ? "worker" : "other";
}

/** The proportional set size out of Linux's `smaps_rollup`, MiB; 0 where there is none. */
function proportional(pid: number): number {
  try {
    return (
      (Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) * 1024) / MIB
    );
  } catch {
    return 0;
  }
}

/** Memory by kind of process in MiB: `worker_mean` of one worker, `total` of all processes. */
export type Memory = Readonly<Record<"main" | "renderer" | "gpu" | "worker_mean" | "total", number>>;

/** Sums up one measure of memory. */
export function memoryOf(processes: readonly ProcessFacts[], measure: "rss" | "pss"): Memory {
  const all = (kind: ProcessKind): readonly number[] =>
    processes.filter((each) => each.kind === kind).map((each) => each[measure]);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    main: sum(all("main")),
    renderer: sum(all("renderer")),
    gpu: sum(all("gpu")),
    worker_mean: meanOf(all("worker")),
    total: sum(processes.map((each) => each[measure])),
  };
}

/** Processor seconds by kind of process, between two looks; processes that were not there before count whole. */
export function workBetween(
  before: readonly ProcessFacts[],
  after: readonly ProcessFacts[],
): Readonly<Record<ProcessKind, number>> {
  const earlier = new Map(before.map(({ pid, cpuSeconds }) => [pid, cpuSeconds]));
  const work = { main: 0, renderer: 0, gpu: 0, worker: 0, other: 0 };
  for (const { kind, pid, cpuSeconds } of after) work[kind] += cpuSeconds - (earlier.get(pid) ?? 0);
  return work;
}
