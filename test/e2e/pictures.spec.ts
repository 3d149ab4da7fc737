// Pictures of every screen, light and dark, for the documents: run by `npm run pictures`, not by the tests.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { addEarlierRuns } from "./earlier-runs.ts";
import { expectLooks, inMidRun, start, tile, times } from "./line-screen.ts";
import { ask, test, type StationApp } from "./station-app.ts";

const FOLDER = join(import.meta.dirname, "../../docs/screens");
const SIZE = { width: 1440, height: 900 };
const UNITS = 8;
const FAULTS = ["--station-fault=6=keygen-fail*99"];

async function resize({ app, page }: StationApp): Promise<void> {
  await app.evaluate(({ BrowserWindow }, { width, height }) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
  }, SIZE);
  await page.waitForFunction(({ width }) => innerWidth === width, SIZE);
}

async function picture(page: Page, name: string, still = true): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const passing = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
  });
  mkdirSync(FOLDER, { recursive: true });
  const take = () => page.screenshot({ animations: "disabled", caret: "hide" });
  // What is still being read or drawn shows from one look to the next; a running tray never rests.
  const seen = { last: await take() };
  const isStill = async () => {
    const { last } = seen;
    seen.last = await take();
    return last.equals(seen.last);
  };
  if (still) await expect.poll(isStill, { intervals: [400] }).toBe(true);
  writeFileSync(join(FOLDER, `${name}.png`), seen.last);
}

async function wear(page: Page, theme: "light" | "dark"): Promise<void> {
  await ask(page, "settings.write", { theme });
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
  await expect(page.locator("[data-slot]")).toHaveCount(UNITS);
}

/** One screen after the other as the rail leads to them, then the unit that failed. */
async function everyScreen(page: Page, theme: string): Promise<void> {
  await picture(page, `line-${theme}`);
  for (const link of await page.locator("nav a").all()) {
    const name = (await link.getAttribute("href"))?.replace(/^#\//u, "") ?? "";
    if (name === "" || name.startsWith("unit")) continue;
    await link.click();
    await expect(page.locator("main h1").first()).toBeVisible();
    await page.waitForLoadState("networkidle");
    await page.mouse.move(SIZE.width - 1, SIZE.height - 1);
    await picture(page, `${name}-${theme}`);
  }
  await page.locator("nav a").first().click();
  await tile(page, "6").click();
  await expect(page.locator("main h1").first()).toBeVisible();
  await picture(page, `unit-${theme}`);
  await page.locator("nav a").first().click();
}

test("every screen, light and dark", async ({ launch, data }) => {
  const first = await launch(`--station-units=${UNITS}`);
  await ask(first.page, "settings.write", { operator: "Ana Lima", theme: "light" });
  await start(first.page);
  await expectLooks(first.page, times(UNITS, "pass"));
  await first.kill();
  addEarlierRuns(data);

  const station = await launch(`--station-units=${UNITS}`, "--station-latency=realistic", ...FAULTS);
  const { page } = station;
  await resize(station);
  await expect(page.locator("[data-slot]")).toHaveCount(UNITS);
  for (const theme of ["light", "dark"] as const) {
    await wear(page, theme);
    await start(page);
    await inMidRun(page, UNITS);
    await picture(page, `line-running-${theme}`, false);
    await expect(page.locator('[data-look="running"]')).toHaveCount(0, { timeout: 120_000 });
    await everyScreen(page, theme);
  }
});
