import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "../command.ts";
import { startEmbeddedService } from "../embedded-service.ts";
import { openBenchLine, type BenchLineWish } from "./bench-line.ts";
import { rounded, type BenchRow } from "./bench-row.ts";
import { processorSeconds, WorkerWatch } from "./process-figures.ts";

/**
 * Wall time of a tray from the click on against the ideal: what the slowest board itself waited, by the simulators' own log.
 * @param counts how many modems at once, one tray each
 */
export async function benchLine(
  counts: readonly number[],
  { latency, slotsPerWorker }: Pick<BenchLineWish, "latency" | "slotsPerWorker">,
  context: CommandContext,
): Promise<readonly BenchRow[]> {
  const dir = await mkdtemp(join(tmpdir(), "station-bench-"));
  try {
    const service = await startEmbeddedService(join(dir, "service"), context);
    try {
      const rows: BenchRow[] = [];
      for (const slots of counts) rows.push(await measure({ slots, latency, slotsPerWorker, dir, service }, context));
      return rows;
    } finally {
      await service.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function measure(wish: BenchLineWish, context: CommandContext): Promise<BenchRow> {
  const line = await openBenchLine(wish, context);
  const watch = new WorkerWatch();
  const before = processorSeconds();
  const tray = await line.run().finally(() => {
    watch.end();
    return line.close();
  });
  const after = processorSeconds();
  const memory = watch.end();
  const ideal = await longestWait(line.log);
  const { pass, seconds } = tray.summary;
  return {
    slots: wish.slots,
    per_worker: wish.slotsPerWorker,
    passed: pass,
    wall_s: rounded(seconds),
    ideal_s: rounded(ideal),
    efficiency: rounded(ideal / seconds),
    first_byte_ms: rounded(tray.toFirstByteMs),
    ...(before === undefined || after === undefined ? {} : { cpu_s: rounded(after - before) }),
    ...(memory === undefined ? {} : { rss_per_slot_mb: rounded(memory / Math.min(wish.slots, wish.slotsPerWorker)) }),
  };
}

/** What the slowest simulated modem waited in all, in seconds. */
async function longestWait(log: string): Promise<number> {
  const lines = (await readFile(log, "utf8")).trim().split("\n");
  const waited = lines.map((line) => JSON.parse(line) as { readonly kind?: string; readonly waited?: number });
  return Math.max(0, ...waited.filter(({ kind }) => kind === "totals").map((totals) => totals.waited ?? 0)) / 1000;
}
