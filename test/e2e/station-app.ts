import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
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

/** A machine under load starts slowly. */
const START_LIMIT_MS = 90_000;

/** A running packaged application on data of its own. */
export type StationApp = {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Ends the application without asking, as kill -9 does; harmless when it has ended. */
  kill(): Promise<void>;
};

/** How the program is started on a data folder. */
export function programArguments(data: string, options: readonly string[] = []): string[] {
  const sandbox = hasSandbox() ? [] : ["--no-sandbox"];
  // Containers have little shared memory.
  return [...sandbox, "--disable-gpu", "--disable-dev-shm-usage", `--station-data=${data}`, ...options];
}

/** Chromium's sandbox does not exist for root, and under Linux it needs user namespaces. */
function hasSandbox(): boolean {
  if (process.getuid?.() === 0) return false;
  return process.platform !== "linux" || spawnSync("unshare", ["--user", "true"]).status === 0;
}

/** Starts the packaged application with `--station-*` options. */
export async function launchStation(
  data: string,
  display: string,
  options: readonly string[] = [],
): Promise<StationApp> {
  const app = await _electron.launch({
    ...{ executablePath: PACKAGE, args: programArguments(data, options), timeout: START_LIMIT_MS },
    env: environment(display),
  });
  const program = app.process();
  const page = await app.firstWindow();
  // From here on the window shows the station and listens to its keys.
  await page.locator("[data-slot]").first().waitFor({ timeout: START_LIMIT_MS });
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

/** The environment of a program on a display. */
export function environment(display: string): Record<string, string> {
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(own), ...(display === "" ? {} : { DISPLAY: display }) };
}

/** A display that nobody sees; windows on one display take the focus from each other, so each worker has its own. */
async function startDisplay(): Promise<{ readonly display: string; readonly stop: () => void }> {
  const server = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  // It tells its number once it takes connections.
  const number = await new Promise<string>((resolve, reject) => {
    server.once("error", reject);
    server.stdout.setEncoding("utf8").once("data", resolve);
  });
  return { display: `:${number.trim()}`, stop: () => server.kill() };
}

/** A spec with a data folder of its own and a way to start applications on it, all of which end with the spec. */
export const test = base.extend<
  {
    readonly data: string;
    readonly launch: (...options: readonly string[]) => Promise<StationApp>;
  },
  { readonly display: string }
>({
  // Playwright takes the fixtures that a fixture needs from this pattern.
  display: [
    async ({ browserName: _browserName }, use) => {
      if (process.platform !== "linux" || process.env["DISPLAY"] !== undefined) {
        await use(process.env["DISPLAY"] ?? "");
        return;
      }
      const { display, stop } = await startDisplay();
      await use(display);
      stop();
    },
    { scope: "worker" },
  ],
  data: async ({ browserName: _browserName }, use) => {
    const folder = mkdtempSync(join(tmpdir(), "station-e2e-"));
    await use(folder);
    // The helper processes of a killed application may still be writing their last.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  },
  launch: async ({ data, display }, use) => {
    const started: StationApp[] = [];
    await use(async (...options) => {
      const station = await launchStation(data, display, options);
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

/** Every file below a folder, as text; what the running application takes away meanwhile counts as empty. */
export function everythingIn(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      try {
        return readFileSync(join(entry.parentPath, entry.name), "latin1");
      } catch {
        return "";
      }
    })
    .join("\n");
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

/** How the runs in the audit database ended, newest first. */
export function outcomes(data: string): readonly (string | null)[] {
  return recordedRuns(data).map(({ outcome }) => outcome);
}
