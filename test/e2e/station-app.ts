import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { _electron, test as base, type ElectronApplication, type Page } from "@playwright/test";
import { History } from "../../src/audit/history.ts";
import type { RunRecord } from "../../src/contract/history.ts";
import { parseReply, type Answers, type Asks, type DesktopApi, type RequestKind } from "../../src/contract/desktop.ts";
import type { DesktopNews, NewsBundle } from "../../src/contract/desktop-news.ts";

declare global {
  interface Window {
    readonly station: DesktopApi;
    /** News that the test gathered. */
    gathered?: DesktopNews[];
  }
}

/** The program that the specs drive: packaged as for a release, but for the fuse that lets a test attach. */
export const PACKAGE = join(import.meta.dirname, "../../dist/test-package/linux-unpacked/provisioning-station");

/** A running packaged application on data of its own. */
export type StationApp = {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Ends the application without asking, as kill -9 does; harmless when it has ended. */
  kill(): Promise<void>;
};

/** Starts the packaged application with `--station-*` options. */
export async function launchStation(data: string, options: readonly string[] = []): Promise<StationApp> {
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const args = [...asRoot, "--disable-gpu", `--station-data=${data}`, ...options];
  const app = await _electron.launch({ executablePath: PACKAGE, args });
  const program = app.process();
  const page = await app.firstWindow();
  await page.waitForLoadState();
  return {
    app,
    page,
    async kill() {
      if (program.exitCode !== null || program.signalCode !== null) return;
      const gone = once(program, "exit");
      program.kill("SIGKILL");
      await gone;
    },
  };
}

/** A spec with a data folder of its own and a way to start applications on it, all of which end with the spec. */
export const test = base.extend<{
  readonly data: string;
  readonly launch: (...options: readonly string[]) => Promise<StationApp>;
}>({
  // Playwright takes the fixtures that a fixture needs from this pattern.
  data: async ({ browserName: _browserName }, use) => {
    const folder = mkdtempSync(join(tmpdir(), "station-e2e-"));
    await use(folder);
    // The helper processes of a killed application may still be writing their last.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  },
  launch: async ({ data }, use) => {
    const started: StationApp[] = [];
    await use(async (...options) => {
      const station = await launchStation(data, options);
      started.push(station);
      return station;
    });
    for (const station of started) await station.kill();
  },
});

/** Asks the main process through the window, as the screens do. @throws StationError that it reports */
export async function ask<Kind extends RequestKind>(page: Page, kind: Kind, asks: Asks<Kind>): Promise<Answers<Kind>> {
  const reply = await page.evaluate(
    // Playwright's types of what crosses to a page know nothing of generic values.
    ([k, a]) => window.station.request(k as RequestKind, a as Asks<RequestKind>),
    [kind, asks] as readonly [string, unknown],
  );
  return parseReply(kind, reply);
}

/** Gathers the news from now on. */
export async function gatherNews(page: Page): Promise<void> {
  await page.evaluate(() => {
    const gathered: DesktopNews[] = [];
    window.gathered = gathered;
    window.station.subscribe("news", (bundle) => {
      for (const { news } of bundle as NewsBundle) gathered.push(news);
    });
  });
}

/** Waits until as many batches have ended as given since {@link gatherNews}. */
export async function batchesEnded(page: Page, count = 1): Promise<void> {
  await page.waitForFunction(
    (wanted) => window.gathered?.filter(({ kind }) => kind === "batch.finished").length === wanted,
    count,
    { timeout: 60_000 },
  );
}

/** The runs in the audit database, by slot; newest first. */
export function recordedRuns(data: string): readonly RunRecord[] {
  const history = new History(join(data, "audit.db"));
  try {
    return history.runs({ filter: {}, limit: 1000 }).runs;
  } finally {
    history.close();
  }
}
