import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FixtureSchema } from "../../contract/fixture.ts";
import { resolveProfile } from "../../station/files/profile-file.ts";
import { loadRecipe } from "../../station/files/recipe-file.ts";
import type { CommandContext } from "../command.ts";
import { demoFixture, TRAINING_RECIPE } from "../demo-files.ts";
import { startEmbeddedService, startSimulatedTray, type EmbeddedService } from "../embedded-service.ts";
import { runTray, type TrayOrder } from "../tray.ts";
import { rounded, type BenchRow } from "./bench-row.ts";
import { processorSeconds, WorkerWatch } from "./process-figures.ts";

/**
 * Wall time of a tray against the ideal: what the slowest board itself waited, by the simulators' own log.
 * @param counts how many modems at once, one tray each
 */
export async function benchLine(
  counts: readonly number[],
  latency: "none" | "realistic",
  context: CommandContext,
): Promise<readonly BenchRow[]> {
  const dir = await mkdtemp(join(tmpdir(), "station-bench-"));
  try {
    const service = await startEmbeddedService(join(dir, "service"), context);
    try {
      const rows: BenchRow[] = [];
      for (const slots of counts) rows.push(await measure({ slots, latency, dir, service }, context));
      return rows;
    } finally {
      await service.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

type Measurement = {
  readonly slots: number;
  readonly latency: string;
  readonly dir: string;
  readonly service: EmbeddedService;
};

async function measure({ slots, latency, dir, service }: Measurement, context: CommandContext): Promise<BenchRow> {
  const log = join(dir, `simulators-${slots}.jsonl`);
  const args = ["--units", String(slots), "--latency", latency, "--seed", randomUUID(), "--log", log];
  const tray = await startSimulatedTray(args, context);
  const files = {
    recipe: await loadRecipe(TRAINING_RECIPE, context.environment),
    fixture: FixtureSchema.parse(demoFixture(tray.units)),
    profile: await resolveProfile(service.profile, dir),
  };
  const request = { serials: {}, again: false };
  const order = { files, request, audit: join(dir, `audit-${slots}.db`), ownerKey: service.ownerKey };
  const { summary, cpu, memory } = await measured(order, context).finally(() => tray.stop());
  const ideal = await longestWait(log);
  return {
    slots,
    passed: summary.pass,
    wall_s: rounded(summary.seconds),
    ideal_s: rounded(ideal),
    efficiency: rounded(ideal / summary.seconds),
    ...(cpu === undefined ? {} : { cpu_s: rounded(cpu) }),
    ...(memory === undefined ? {} : { rss_per_slot_mb: rounded(memory) }),
  };
}

/** A tray with what the station and its workers took of the processor, and the workers of the memory, where that can be read. */
async function measured(order: TrayOrder, context: CommandContext) {
  const before = processorSeconds();
  const watch = new WorkerWatch();
  try {
    const { summary } = await runTray(order, context);
    const after = processorSeconds();
    const cpu = before === undefined || after === undefined ? undefined : after - before;
    return { summary, cpu, memory: watch.end() };
  } finally {
    watch.end();
  }
}

/** What the slowest simulated modem waited in all, in seconds. */
async function longestWait(log: string): Promise<number> {
  const lines = (await readFile(log, "utf8")).trim().split("\n");
  const waited = lines.map((line) => JSON.parse(line) as { readonly kind?: string; readonly waited?: number });
  return Math.max(0, ...waited.filter(({ kind }) => kind === "totals").map((totals) => totals.waited ?? 0)) / 1000;
}
