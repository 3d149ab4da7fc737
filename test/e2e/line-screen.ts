import { expect, type Locator, type Page } from "@playwright/test";

/** What a tile of the tray shows. */
export type Look = "empty" | "scan" | "ready" | "running" | "pass" | "fail" | "error" | "aborted";

/** One slot's tile. */
export function tile(page: Page, slot: string): Locator {
  return page.locator(`[data-slot="${slot}"]`);
}

/** The tiles that show something. */
export function tiles(page: Page, look: Look): Locator {
  return page.locator(`[data-slot][data-look="${look}"]`);
}

/** Waits until the tiles show these looks, in the tray's order. */
export async function expectLooks(page: Page, looks: readonly Look[]): Promise<void> {
  const shown = () => page.locator("[data-slot]").evaluateAll((all) => all.map((one) => one.dataset["look"]));
  await expect.poll(shown, { timeout: 60_000 }).toEqual([...looks]);
}

/** A list with the same item again and again. */
export function times<Item>(count: number, item: Item): readonly Item[] {
  return Array.from({ length: count }, () => item);
}

/** Presses Start. */
export async function start(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Start (next )?batch/u }).click();
}

/** Waits until every tile runs and has told its unit: the runs are in their middle. */
export async function inMidRun(page: Page, units: number): Promise<void> {
  await expect(tiles(page, "running")).toHaveCount(units);
  await expect(page.locator("[data-slot] .unit", { hasText: "\u2026" })).toHaveCount(units);
}

/** What the batch panel says of a fault that needs a person. */
export function need(page: Page, words: string): Locator {
  return page.getByRole("complementary", { name: "Batch" }).locator("article", { hasText: words }).first();
}
