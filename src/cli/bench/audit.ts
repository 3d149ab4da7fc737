import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { openSync, closeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditStore } from "../../audit/audit-store.ts";
import { draftExport } from "../../audit/export-draft.ts";
import { HistoryClient } from "../../audit/history-thread.ts";
import { openAuditStore } from "../../audit/open-audit-store.ts";
import { verifyDatabase } from "../../audit/verify-database.ts";
import { sleep, type Clock } from "../../core/clock.ts";
import { milliseconds } from "../../core/duration.ts";
import type { CommandContext } from "../command.ts";
import { sampleBatch, sampleSize } from "./audit-sample.ts";
import { rounded, type BenchRow } from "./bench-row.ts";

const SLOTS = 64;
/** The pace of a busy line: 64 slots, each an event every 128 ms. */
const PACE = 500;
const PACED_SECONDS = 20;

/** The audit database at a size: every append is on the disk before it counts. */
export async function benchAudit(events: number, { clock }: CommandContext): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "station-bench-"));
  const file = join(folder, "audit.db");
  const history = new HistoryClient({ file });
  const checkpoint = (): Promise<number> => history.checkpoint();
  const open = async (): Promise<AuditStore> =>
    (await openAuditStore({ file, clock, random: randomBytes, checkpoint })).store;
  try {
    const filled = await filling(await open(), events, clock);
    const opened = await timed(clock, open);
    const paced = await pacedAppends(opened.value, clock);
    await opened.value.close();
    const verified = await timed(clock, () => verifyDatabase(file));
    const exported = await exporting(file, folder, clock);
    return [
      {
        events,
        ...filled,
        open_s: rounded(opened.seconds),
        ...paced,
        verify_s: rounded(verified.seconds),
        ...exported,
      },
    ];
  } finally {
    await history.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Fills the database as fast as it takes events, a tray at a time. */
async function filling(store: AuditStore, events: number, clock: Clock) {
  const batches = Math.max(1, Math.round(events / sampleSize(SLOTS)));
  const begun = clock.monotonic();
  for (let count = 0; count < batches; count++) await record(store, clock);
  const seconds = (clock.monotonic() - begun) / 1000;
  await store.close();
  return { events_per_s: Math.round((batches * sampleSize(SLOTS)) / seconds) };
}

async function record(store: AuditStore, clock: Clock): Promise<void> {
  const { start, events } = sampleBatch(SLOTS, clock.now());
  await store.startBatch(start);
  await Promise.all(events.map((event) => store.append(event)));
  await store.finishBatch(start.batch, start.at, 1);
}

/** How long an append takes until it is on the disk, at the pace of a busy line. */
async function pacedAppends(store: AuditStore, clock: Clock) {
  const took: number[] = [];
  const waiting: Promise<void>[] = [];
  const append = async (event: Parameters<AuditStore["append"]>[0]): Promise<void> => {
    const begun = clock.monotonic();
    await store.append(event);
    took.push(clock.monotonic() - begun);
  };
  const begun = clock.monotonic();
  for (let sent = 0; sent < PACE * PACED_SECONDS;) {
    const { start, events } = sampleBatch(SLOTS, clock.now());
    await store.startBatch(start);
    for (const event of events) {
      const due = begun + (sent++ * 1000) / PACE;
      if (due > clock.monotonic()) await sleep(clock, milliseconds(due - clock.monotonic()));
      waiting.push(append(event));
    }
    await Promise.all(waiting.splice(0));
    await store.finishBatch(start.batch, start.at, 1);
  }
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => rounded(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return { append_p50_ms: at(0.5), append_p99_ms: at(0.99), append_max_ms: at(1) };
}

/** The export of every run beside SQLite's own program on the same table. */
async function exporting(file: string, folder: string, clock: Clock) {
  const out = join(folder, "runs.csv");
  const own = await timed(clock, () => draftExport(file, { format: "csv", out, filter: {} }));
  const { rows } = own.value.body;
  const theirs = await timed(clock, () => Promise.resolve(sqliteExport(file, join(folder, "sqlite.csv"))));
  const figures = { export_rows_per_s: Math.round(rows / own.seconds) };
  if (!theirs.value) return { ...figures, export_to_sqlite3: "no sqlite3 here" };
  return { ...figures, export_to_sqlite3: rounded(own.seconds / theirs.seconds) };
}

function sqliteExport(file: string, out: string): boolean {
  const target = openSync(out, "w");
  try {
    const args = ["-readonly", "-csv", "-header", file, "SELECT * FROM run"];
    return spawnSync("sqlite3", args, { stdio: ["ignore", target, "ignore"] }).status === 0;
  } finally {
    closeSync(target);
  }
}

async function timed<T>(
  clock: Clock,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly seconds: number }> {
  const begun = clock.monotonic();
  const value = await work();
  return { value, seconds: (clock.monotonic() - begun) / 1000 };
}
