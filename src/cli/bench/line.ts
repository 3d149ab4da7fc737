import { readFile } from "node:fs/promises";
import { z } from "zod";
import { sleep } from "../../core/clock.ts";
import { milliseconds } from "../../core/duration.ts";
import type { CommandContext } from "../command.ts";
import { openBenchLine, type BenchLine, type BenchLineWish } from "./bench-line.ts";
import { rounded, type BenchRow } from "./bench-row.ts";
import { withBenchService } from "./bench-service.ts";
import { stationSeconds, WorkerWatch } from "./process-figures.ts";

/** Trays before the one that is measured: a shift has one first tray, whose programs V8 has not compiled yet, and hundreds of others. */
const TRAYS_BEFORE = 3;
/** Until the simulators' log is on the disk. */
const LOG_SETTLES = milliseconds(500);

/**
 * Wall time of a tray from the click on against the ideal: what the slowest board itself waited, by the simulators' own log.
 * Measured twice: the first tray of a shift, and one in its middle.
 * @param counts how many modems at once, one tray each
 */
export async function benchLine(
  counts: readonly number[],
  { latency, slotsPerWorker }: Pick<BenchLineWish, "latency" | "slotsPerWorker">,
  context: CommandContext,
): Promise<readonly BenchRow[]> {
  return withBenchService(context, async (place) => {
    const rows: BenchRow[] = [];
    for (const slots of counts) rows.push(await measure({ slots, latency, slotsPerWorker, ...place }, context));
    return rows;
  });
}

async function measure(wish: BenchLineWish, context: CommandContext): Promise<BenchRow> {
  const line = await openBenchLine(wish, context);
  try {
    const first = await runTray(line, context);
    for (let count = 2; count < TRAYS_BEFORE; count++) await runTray(line, context);
    const memory = await memoryDuring(() => runTray(line, context));
    const { passed, wall, ideal, toFirstByteMs, processor } = await runTray(line, context);
    const { slots, slotsPerWorker } = wish;
    return {
      ...{ slots, per_worker: slotsPerWorker, passed },
      ...{ wall_s: rounded(wall), ideal_s: rounded(ideal), efficiency: rounded(ideal / wall) },
      first_byte_ms: rounded(toFirstByteMs),
      ...(processor === undefined ? {} : { cpu_s: rounded(processor) }),
      ...(memory === undefined ? {} : { rss_per_slot_mb: rounded(memory / Math.min(slots, slotsPerWorker)) }),
      ...{ first_wall_s: rounded(first.wall), first_efficiency: rounded(first.ideal / first.wall) },
    };
  } finally {
    await line.close();
  }
}

/** The greatest mean memory of a worker meanwhile, MB. To look takes the processor's time: not while time is measured. */
async function memoryDuring(work: () => Promise<unknown>): Promise<number | undefined> {
  const watch = new WorkerWatch();
  await work().finally(() => watch.end());
  return watch.end();
}

async function runTray(line: BenchLine, context: CommandContext) {
  const { clock } = context;
  const begun = clock.now();
  const before = stationSeconds();
  const { summary, toFirstByteMs } = await line.run();
  const after = stationSeconds();
  await sleep(clock, LOG_SETTLES, context.signal);
  const ideal = longestWait(await readFile(line.log, "utf8"), begun);
  const processor = before === undefined || after === undefined ? undefined : after - before;
  return { passed: summary.pass, wall: summary.seconds, ideal, toFirstByteMs, processor };
}

const EntrySchema = z.object({
  kind: z.literal("command"),
  slot: z.int(),
  at: z.string(),
  wireIn: z.number(),
  work: z.number(),
  fault: z.number(),
  wireOut: z.number(),
});

/** What the slowest simulated modem was told to wait from `begun` (ms since 1970) on, in seconds. */
function longestWait(log: string, begun: number): number {
  const waits = new Map<number, number>();
  for (const line of log.trim().split("\n")) {
    const entry = EntrySchema.safeParse(JSON.parse(line)).data;
    if (entry === undefined || Date.parse(entry.at) < begun) continue;
    const { slot, wireIn, work, fault, wireOut } = entry;
    waits.set(slot, (waits.get(slot) ?? 0) + wireIn + work + fault + wireOut);
  }
  return Math.max(0, ...waits.values()) / 1000;
}
