import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { openAuditStore } from "../../audit/open-audit-store.ts";
import { FixtureSchema } from "../../contract/fixture.ts";
import type { BatchSummary } from "../../contract/station-request.ts";
import { sleep } from "../../core/clock.ts";
import { milliseconds, seconds } from "../../core/duration.ts";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { ChildWorkerHost } from "../../station/child-worker-host.ts";
import { resolveProfile } from "../../station/files/profile-file.ts";
import { loadRecipe } from "../../station/files/recipe-file.ts";
import { Station } from "../../station/station.ts";
import type { CommandContext } from "../command.ts";
import { demoFixture, TRAINING_RECIPE } from "../demo-files.ts";
import { startSimulatedTray, type EmbeddedService } from "../embedded-service.ts";

/** What a bench line is made of. */
export type BenchLineWish = {
  readonly slots: number;
  readonly latency: "none" | "realistic";
  /** How many slots share a worker process. */
  readonly slotsPerWorker: number;
  /** A folder of the bench's own. */
  readonly dir: string;
  readonly service: EmbeddedService;
};

/** A tray that was run: how it ended, and when the first byte went to a modem. */
export type BenchTray = {
  readonly summary: BatchSummary;
  /** From the click to the first phase of a unit, ms: the batch is on the disk by then, the port about to be opened. */
  readonly toFirstByteMs: number;
};

/** A station with simulated modems, its workers waiting, as a line is in the middle of a shift. */
export type BenchLine = {
  /** One press of Start on all slots. */
  run(): Promise<BenchTray>;
  /** The simulators' log; complete once the line is closed. */
  readonly log: string;
  close(): Promise<void>;
};

const READY_LIMIT = seconds(120);

/** @throws StationError cli.child-failed, station.worker-start when the workers do not get ready, audit.* */
export async function openBenchLine(wish: BenchLineWish, context: CommandContext): Promise<BenchLine> {
  const { slots, latency, slotsPerWorker, dir, service } = wish;
  const { clock } = context;
  const name = `${slots}-${randomUUID()}`;
  const log = join(dir, `simulators-${name}.jsonl`);
  const args = ["--units", String(slots), "--latency", latency, "--seed", randomUUID(), "--log", log];
  const tray = await startSimulatedTray(args, context);
  const { store } = await openAuditStore({ file: join(dir, `audit-${name}.db`), clock, random: randomBytes });
  const files = {
    recipe: await loadRecipe(TRAINING_RECIPE, context.environment),
    fixture: { ...FixtureSchema.parse(demoFixture(tray.units)), slotsPerWorker },
    profile: await resolveProfile(service.profile, dir),
  };
  const credentials = { ownerKey: service.ownerKey };
  const host = new ChildWorkerHost({ errors: "inherit" });
  const station = Station.open({ files, store, host, clock, random: randomBytes, credentials });
  const close = async (): Promise<void> => {
    await station.close();
    await store.close();
    await tray.stop();
  };
  try {
    await workersReady(station, slots, context);
  } catch (error) {
    await close();
    throw error;
  }
  return { run: () => runOnce(station, context), log, close };
}

async function workersReady(station: Station, slots: number, { clock, signal }: CommandContext): Promise<void> {
  const end = clock.monotonic() + READY_LIMIT;
  while (station.readySlots < slots) {
    if (clock.monotonic() >= end)
      throw new StationError("station.worker-start", "the workers did not get ready", {
        ready: quantity(station.readySlots, "items"),
        wanted: quantity(slots, "items"),
      });
    await sleep(clock, milliseconds(20), signal);
  }
}

async function runOnce(station: Station, { clock }: CommandContext): Promise<BenchTray> {
  const clicked = clock.monotonic();
  let first: number | undefined;
  const unsubscribe = station.subscribe((news) => {
    if (news.kind === "run" && news.event.type === "phase.started") first ??= clock.monotonic() - clicked;
  });
  try {
    const { done } = await station.start({ serials: {}, again: true });
    return { summary: await done, toFirstByteMs: first ?? 0 };
  } finally {
    unsubscribe();
  }
}
