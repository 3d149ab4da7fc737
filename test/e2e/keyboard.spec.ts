import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { ask, batchesEnded, gatherNews, recordedRuns, test, type StationApp } from "./station-app.ts";

/** More presses than any screen has controls. */
const MOST_TABS = 60;

/** Goes on by Tab until something of this name has the keyboard. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let press = 0; press < MOST_TABS; press++) {
    const here = await page.evaluate(() => {
      const { activeElement: at } = document;
      return at?.getAttribute("aria-label") ?? at?.textContent.trim() ?? "";
    });
    if (name.test(here)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`nothing of the name ${String(name)} was reached by Tab`);
}

/** Goes to a screen by its own keys. */
async function goTo(page: Page, screen: string): Promise<void> {
  const keys = await page
    .locator("nav [aria-keyshortcuts]")
    .filter({ hasText: screen })
    .getAttribute("aria-keyshortcuts");
  await page.keyboard.press(keys ?? "");
}

/** Where the system's next save dialog puts the file. */
async function saveTo({ app }: StationApp, file: string): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, file);
}

test("everything an operator does works without the mouse", async ({ launch, data }) => {
  const station = await launch("--station-units=4", "--station-latency=realistic");
  const { page } = station;
  await gatherNews(page);
  await ask(page, "operators.add", { name: "Dana", role: "engineer", pin: "47110815" });
  await ask(page, "operators.add", { name: "Ana", role: "operator", pin: "2468" });
  await ask(page, "session.signOut", null);

  await test.step("signs in", async () => {
    await expect(page.getByRole("banner").getByRole("button", { name: "Sign in" })).toBeVisible();
    await page.keyboard.press("Control+Enter");
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Enter");
    await page.keyboard.type("2468", { delay: 80 });
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page.getByRole("banner").getByText("Ana")).toBeVisible();
  });

  await test.step("starts and stops", async () => {
    await page.keyboard.press("Control+Enter");
    await expect(page.getByRole("button", { name: /^Stop batch/ })).toBeVisible();
    await page.keyboard.down("Escape");
    await batchesEnded(page);
    await page.keyboard.up("Escape");
    expect(recordedRuns(data).map(({ outcome, operator }) => `${outcome ?? ""} ${operator ?? ""}`)).toEqual(
      Array.from({ length: 4 }, () => "ABORTED Ana"),
    );
  });

  await test.step("opens the unit that needs somebody, and prints it as a PDF", async () => {
    await page.keyboard.press("F2");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("n");
    await expect(page.locator(":focus")).toHaveAttribute("data-look", "aborted");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/#\/unit\//);
    const pdf = join(data, "unit.pdf");
    await saveTo(station, pdf);
    await page.keyboard.press("Control+P");
    await tabTo(page, /^Save as PDF/);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("status").filter({ hasText: "Saved as" })).toBeVisible();
    expect(readFileSync(pdf).subarray(0, 5).toString("latin1")).toBe("%PDF-");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  });

  await test.step("stops from another screen too", async () => {
    await ask(page, "start", { serials: {}, again: true });
    // Where the batch shows away from the Line: the recipe is locked.
    await expect(page.getByRole("banner").locator("b", { hasText: "rev" }).locator("svg")).toBeVisible();
    await page.keyboard.down("Escape");
    await batchesEnded(page, 2);
    await page.keyboard.up("Escape");
  });

  await test.step("finds a run in the history and exports", async () => {
    await page.keyboard.press("Control+F");
    await expect(page.getByRole("searchbox")).toBeFocused();
    await page.keyboard.type("999999999999999");
    await expect(page.getByRole("grid")).toBeHidden();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("grid")).toBeVisible();
    const csv = join(data, "runs.csv");
    await saveTo(station, csv);
    await goTo(page, "History");
    await tabTo(page, /^Export/);
    await page.keyboard.press("Enter");
    await tabTo(page, /^CSV/);
    await page.keyboard.press("Enter");
    await expect.poll(() => linesOf(csv)).toBe(recordedRuns(data).length + 1);
  });

  await test.step("reads the help and closes it", async () => {
    await page.keyboard.press("F1");
    await expect(page.getByRole("dialog")).toContainText("Help: History");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  });

  await test.step("changes colours and language", async () => {
    await goTo(page, "Settings");
    await tabTo(page, /^Dark$/);
    await page.keyboard.press("Enter");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await tabTo(page, /^Deutsch$/);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Einstellungen" })).toBeVisible();
    // The screen follows at once, what is kept a moment later.
    await expect
      .poll(async () => (await ask(page, "snapshot", null)).settings)
      .toMatchObject({ theme: "dark", language: "de" });
  });
});

/** Lines of a file, 0 while it is not there. */
function linesOf(file: string): number {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").length;
  } catch {
    return 0;
  }
}
