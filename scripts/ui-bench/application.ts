import { once } from "node:events";
import { _electron, type ElectronApplication, type Page } from "@playwright/test";
import { parseReply, type Answers, type Asks, type RequestKind } from "../../src/contract/desktop.ts";
import { StationError } from "../../src/core/error.ts";
import { ROOT } from "../bundle.ts";
import { electronProgram, type ElectronRuntime } from "../electron-runtime.ts";

/** What the station is started with. */
export type Tray = { readonly slots: number; readonly latency: Latency };

/** How long the simulated modems take: not at all, so that everything else is as busy as can be, or as real ones. */
export type Latency = "none" | "realistic";

/** The desktop application out of dist/, its window open. */
export type Application = { readonly app: ElectronApplication; readonly page: Page; readonly end: () => Promise<void> };

const STARTING_MS = 120_000;
const ENDING_MS = 60_000;
const BATCH_MS = 900_000;
/** How often the window is asked whether something has happened: seldom, as asking is work for it. */
const LOOK_MS = 250;

/** Starts the application on data of its own, with simulated modems. @throws Error when no window appears */
export async function startApplication(
  runtime: ElectronRuntime,
  data: string,
  { slots, latency }: Tray,
): Promise<Application> {
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const station = [`--station-data=${data}`, `--station-units=${slots}`, `--station-latency=${latency}`];
  const app = await _electron.launch({
    ...{ executablePath: electronProgram(runtime.dist), timeout: STARTING_MS },
    args: [...asRoot, "--disable-gpu", ROOT, ...station],
  });
  const program = app.process();
  const gone = once(program, "exit");
  const page = await app.firstWindow({ timeout: STARTING_MS });
  await page.waitForSelector("[data-slot]", { timeout: STARTING_MS });
  return {
    ...{ app, page },
    end: async () => {
      program.kill("SIGTERM");
      const timer = setTimeout(() => program.kill("SIGKILL"), ENDING_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}

/** Asks the main process through the window, as the screens do. @throws StationError that it reports */
export async function ask<Kind extends RequestKind>(page: Page, kind: Kind, asks: Asks<Kind>): Promise<Answers<Kind>> {
  const order = `window.station.request(${JSON.stringify(kind)}, ${JSON.stringify(asks)})`;
  return parseReply(kind, await page.evaluate(order));
}

/** How a batch ended. */
export type BatchEnd = { readonly pass: number; readonly seconds: number };

/** Starts a batch in all slots. @returns its id */
export async function startBatch(page: Page): Promise<string> {
  const { batch } = await ask(page, "start", { serials: {}, again: true });
  return batch;
}

/** Waits until the window shows the end of a batch. */
export async function batchEnd(page: Page, batch: string): Promise<BatchEnd> {
  const result = { pass: 0, seconds: 0 };
  await until(async () => {
    // The window may still show the end of the batch before: only then the main process is asked, which is work for it.
    if ((await page.evaluate(`document.querySelector(".batch .state.done") !== null`)) !== true) return false;
    const { lastBatch, batches } = await ask(page, "snapshot", null);
    if (batches.length > 0 || lastBatch?.batch !== batch) return false;
    Object.assign(result, lastBatch);
    return true;
  }, BATCH_MS);
  return result;
}

/** Looks again and again. @throws StationError after `limit` ms */
export async function until(happened: () => Promise<boolean>, limit: number): Promise<void> {
  const since = performance.now();
  while (!(await happened())) {
    if (performance.now() - since > limit)
      throw new StationError("station.internal", "the application did not get on", { limit });
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
