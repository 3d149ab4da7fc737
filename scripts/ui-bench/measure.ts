import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ElectronRuntime } from "../electron-runtime.ts";
import { ask, batchEnd, startApplication, startBatch, until, type Application, type Tray } from "./application.ts";
import { growthOf, meanOf, shown, spreadOf, type Spread } from "./figures.ts";
import { collectGarbage, loopDelay, type LoopDelay, reloadTime, tasksDuring, watchLoop } from "./probes.ts";
import { memoryOf, processesOf, workBetween, type Memory, type ProcessFacts, type ProcessKind } from "./processes.ts";
import type { Task } from "./trace.ts";

/** No task of the window at the 99th percentile and no stall of main may take longer, ms. */
export const BUDGET = 50;
/** Batches over which growth is judged: the last ones. Before, programs take what they keep: V8 compiles what runs often. */
const SETTLED = 10;
const STARTING_MS = 300_000;

/** What was measured with one tray. */
export type UiFigures = Tray & {
  readonly batches: number;
  /** Units that passed, of all batches. */
  readonly passed: number;
  readonly batch_s: number;
  /** From the application's start to the last worker's. */
  readonly opening_s: number;
  /** By the clock on the wall; `over` counts what took longer than the budget. */
  readonly renderer_task_ms: Spread;
  readonly main_stall_ms: Spread;
  /** The same by what the processor worked for it: other programs of a busy computer do not count. */
  readonly renderer_task_cpu_ms: Spread;
  readonly main_stall_cpu_ms: Spread;
  /** How late timers of main's event loop were, in the worst batch. */
  readonly main_loop_delay_ms: LoopDelay;
  readonly cpu_s_per_batch: Readonly<Record<ProcessKind, number>>;
  readonly rss_mb: Memory;
  /** 0 where the system does not tell. */
  readonly pss_mb: Memory;
  /** Over the last ten batches. */
  readonly growth_mb_per_batch: Memory;
  /** Over the batches before these, where there are enough of them. */
  readonly warming_mb_per_batch: Memory;
  readonly reload_to_state_ms: number;
};

type Round = {
  readonly passed: number;
  readonly seconds: number;
  readonly renderer: readonly Task[];
  readonly main: readonly Task[];
  readonly delay: LoopDelay;
  readonly work: Readonly<Record<ProcessKind, number>>;
  readonly processes: readonly ProcessFacts[];
};

/** Runs batches in the desktop application and measures what they cost it. @param told hears of each batch */
export async function measureUi(
  runtime: ElectronRuntime,
  tray: Tray,
  batches: number,
  told: (line: string) => void,
): Promise<UiFigures> {
  const folder = await mkdtemp(join(tmpdir(), "station-ui-bench-"));
  const since = performance.now();
  const application = await startApplication(runtime, join(folder, "data"), tray);
  const { app, page } = application;
  try {
    await until(async () => workersOf(await processesOf(app)) === tray.slots, STARTING_MS);
    const opening = (performance.now() - since) / 1000;
    told(`${tray.slots} slots, latency ${tray.latency}: open after ${opening.toFixed(1)} s`);
    const rounds: Round[] = [];
    for (let number = 1; number <= batches; number++) {
      const round = await measureBatch(application, folder);
      rounds.push(round);
      told(`batch ${number} of ${batches}: ${round.passed} passed in ${round.seconds.toFixed(1)} s`);
    }
    const batch = await startBatch(page);
    await page.waitForSelector("[data-look=running]");
    const reload = await reloadTime(page);
    await batchEnd(page, batch);
    return {
      ...tray,
      ...figuresOf(rounds),
      opening_s: shown(opening),
      reload_to_state_ms: Math.round(reload),
    };
  } finally {
    await application.end();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

const workersOf = (processes: readonly ProcessFacts[]): number =>
  processes.filter(({ kind }) => kind === "worker").length;

async function measureBatch({ app, page }: Application, folder: string): Promise<Round> {
  const before = await processesOf(app);
  await watchLoop(app);
  const result = { pass: 0, seconds: 0 };
  const tasks = await tasksDuring(app, folder, async () => {
    Object.assign(result, await batchEnd(page, await startBatch(page)));
  });
  const delay = await loopDelay(app);
  const after = await processesOf(app);
  await ask(page, "training.renew", null);
  await collectGarbage(app, page);
  const processes = await processesOf(app);
  return { ...tasks, delay, work: workBetween(before, after), processes, passed: result.pass, seconds: result.seconds };
}

function figuresOf(rounds: readonly Round[]) {
  const renderer = rounds.flatMap((round) => round.renderer);
  const main = rounds.flatMap((round) => round.main);
  const spread = (tasks: readonly Task[], clock: keyof Task): Spread =>
    spreadOf(
      tasks.map((task) => task[clock]),
      BUDGET,
    );
  const last = rounds.at(-1)?.processes ?? [];
  const measure = last.some(({ pss }) => pss > 0) ? "pss" : "rss";
  const sizes = rounds.map(({ processes }) => memoryOf(processes, measure));
  const growth = (all: readonly Memory[]): Memory =>
    eachOf((part: keyof Memory) => growthOf(all.map((memory) => memory[part])), PARTS);
  return {
    batches: rounds.length,
    passed: rounds.reduce((sum, { passed }) => sum + passed, 0),
    batch_s: shown(meanOf(rounds.map(({ seconds }) => seconds))),
    renderer_task_ms: spread(renderer, "wall"),
    main_stall_ms: spread(main, "wall"),
    renderer_task_cpu_ms: spread(renderer, "cpu"),
    main_stall_cpu_ms: spread(main, "cpu"),
    main_loop_delay_ms: eachOf((part: keyof LoopDelay) => Math.max(...rounds.map(({ delay }) => delay[part])), DELAYS),
    cpu_s_per_batch: eachOf((kind: ProcessKind) => meanOf(rounds.map(({ work }) => work[kind])), KINDS),
    rss_mb: eachShown(memoryOf(last, "rss")),
    pss_mb: eachShown(memoryOf(last, "pss")),
    growth_mb_per_batch: growth(sizes.slice(-SETTLED)),
    warming_mb_per_batch: growth(sizes.slice(0, -SETTLED)),
  };
}

const DELAYS = ["p50", "p99", "max"] as const;
const KINDS = ["main", "renderer", "gpu", "worker", "other"] as const;
const PARTS = ["main", "renderer", "gpu", "worker_mean", "total"] as const;

function eachOf<Name extends string>(value: (name: Name) => number, names: readonly Name[]): Record<Name, number> {
  // The names are all there are.
  return Object.fromEntries(names.map((name) => [name, shown(value(name))])) as Record<Name, number>;
}

function eachShown<Name extends string>(values: Readonly<Record<Name, number>>): Record<Name, number> {
  return Object.fromEntries(Object.entries<number>(values).map(([name, value]) => [name, shown(value)])) as Record<
    Name,
    number
  >;
}
