import type * as perfHooks from "node:perf_hooks";
import type * as v8 from "node:v8";
import type * as vm from "node:vm";
import { join } from "node:path";
import { readFileSync, rmSync } from "node:fs";
import type { ElectronApplication, Page } from "@playwright/test";
import { tracedTasks, type TracedTasks } from "./trace.ts";

/** Between two looks of main's own clock at itself, ms. */
const RESOLUTION = 10;

/** What main keeps for the bench; in there, as a function that is sent over has nothing around it. */
type Kept = { delay?: ReturnType<typeof perfHooks.monitorEventLoopDelay> };

/** Records the tasks of the main process's and the window's main threads while `work` is done. @param folder for the recording */
export async function tasksDuring(
  app: ElectronApplication,
  folder: string,
  work: () => Promise<void>,
): Promise<TracedTasks> {
  await app.evaluate(async ({ contentTracing, BrowserWindow }) => {
    const windows = BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getOSProcessId());
    await contentTracing.startRecording({
      recording_mode: "record-as-much-as-possible",
      included_categories: ["toplevel"],
      excluded_categories: ["*"],
      included_process_ids: [process.pid, ...windows],
    });
  });
  await work();
  const file = join(folder, "trace.json");
  await app.evaluate(({ contentTracing }, path) => contentTracing.stopRecording(path), file);
  const tasks = tracedTasks(readFileSync(file, "utf8"));
  rmSync(file);
  return tasks;
}

/** Has main's event loop watch how late its timers are, from now on. */
export async function watchLoop(app: ElectronApplication): Promise<void> {
  await app.evaluate((_electron, resolution) => {
    const kept = globalThis as Kept;
    const { monitorEventLoopDelay }: typeof perfHooks = process.getBuiltinModule("node:perf_hooks");
    kept.delay = monitorEventLoopDelay({ resolution });
    kept.delay.enable();
  }, RESOLUTION);
}

/** How late timers of an event loop were, ms. */
export type LoopDelay = Readonly<Record<"p50" | "p99" | "max", number>>;

/** How late timers of main's event loop were since {@link watchLoop}; ends the watching. */
export async function loopDelay(app: ElectronApplication): Promise<LoopDelay> {
  return app.evaluate((_electron, resolution) => {
    const { delay } = globalThis as Kept;
    delay?.disable();
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);
    return {
      p50: late(delay?.percentile(50) ?? 0),
      p99: late(delay?.percentile(99) ?? 0),
      max: late(delay?.max ?? 0),
    };
  }, RESOLUTION);
}

/** Takes away what nobody holds any more, in window and main, so that what is left can be compared. */
export async function collectGarbage(app: ElectronApplication, page: Page): Promise<void> {
  const session = await app.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  await session.detach();
  await app.evaluate(() => {
    const { setFlagsFromString }: typeof v8 = process.getBuiltinModule("node:v8");
    const { runInNewContext }: typeof vm = process.getBuiltinModule("node:vm");
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    collect();
  });
}

/** Time from the order to load the page anew to the moment it shows runs that go on, ms. */
export async function reloadTime(page: Page): Promise<number> {
  const since = performance.now();
  await page.reload({ waitUntil: "commit" });
  await page.waitForSelector("[data-look=running]");
  return performance.now() - since;
}
