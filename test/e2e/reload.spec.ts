import { join } from "node:path";
import { expect } from "@playwright/test";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { expectLooks, inMidRun, start, tiles, times } from "./line-screen.ts";
import { outcomes, test } from "./station-app.ts";

const SECOND = 1000;

test("a window reloaded in mid-run shows the running tray again within a second, and its end", async ({
  launch,
  data,
}) => {
  const { page } = await launch("--station-units=4", "--station-latency=realistic");
  await start(page);
  await inMidRun(page, 4);
  // The page itself notes when the tray runs on the screen, on its own clock.
  await page.addInitScript((wanted) => {
    const observer = new MutationObserver(() => {
      if (document.querySelectorAll('[data-slot][data-look="running"]').length < wanted) return;
      observer.disconnect();
      requestAnimationFrame(() => performance.mark("tray shown"));
    });
    observer.observe(document, { childList: true, subtree: true, attributeFilter: ["data-look"] });
  }, 4);
  await page.reload();
  await page.waitForFunction(() => performance.getEntriesByName("tray shown").length > 0);
  const { shown, ready } = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const [mark] = performance.getEntriesByName("tray shown");
    return { shown: mark?.startTime ?? Infinity, ready: navigation?.responseEnd ?? 0 };
  });
  test.info().annotations.push({ type: "ms", description: `shown ${shown}, page there ${ready}` });
  expect(shown - ready).toBeLessThan(SECOND);

  await expectLooks(page, times(4, "pass"));
  await expect(page.getByText("4 of 4").first()).toBeVisible();
  expect(outcomes(data)).toEqual(times(4, "PASS"));
  expect(await verifyFile(join(data, "audit.db"))).toMatchObject({ ok: true, runs: 4 });
});

test("a page whose process is killed comes back by itself while the runs go on", async ({ launch, data }) => {
  const { app, page } = await launch("--station-units=2", "--station-latency=realistic");
  await start(page);
  await expect(tiles(page, "running")).toHaveCount(2);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  await expect.poll(() => outcomes(data), { timeout: 60_000 }).toEqual(times(2, "PASS"));
  // Playwright loses a crashed page: the new one is looked at through the main process.
  const looks = () =>
    app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        "[...document.querySelectorAll('[data-slot]')].map(({ dataset }) => dataset.look)",
      ),
    );
  await expect.poll(looks, { timeout: 60_000 }).toEqual(times(2, "pass"));
});
