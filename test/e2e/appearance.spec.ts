import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { expectLooks, start } from "./line-screen.ts";
import { recordedRuns, test } from "./station-app.ts";

/** Presses the button in the rail that says what is set, until the page says so. */
async function pressUntil(page: Page, button: string, attribute: string, value: string): Promise<void> {
  const shown = () => page.locator("html").getAttribute(attribute);
  for (let presses = 0; presses < 6 && (await shown()) !== value; presses++) {
    const before = await page.locator(button).getAttribute("aria-label");
    await page.locator(button).click();
    await expect(page.locator(button)).not.toHaveAttribute("aria-label", before ?? "");
  }
  await expect(page.locator("html")).toHaveAttribute(attribute, value);
}

test("theme, language and operator change at once and outlive the application; the record names the operator", async ({
  launch,
  data,
}) => {
  const first = await launch("--station-units=1");
  const { page } = first;
  const settings = () =>
    JSON.parse(readFileSync(join(data, "settings.json"), "utf8")) as Readonly<Record<string, unknown>>;
  await pressUntil(page, "nav [data-appearance=theme]", "data-theme", "dark");
  await pressUntil(page, "nav [data-appearance=language]", "lang", "de");
  await expect(page.getByRole("button", { name: /^Charge starten/u })).toBeVisible();
  await page.getByRole("button", { name: /^Bediener/u }).click();
  await page.keyboard.type("Ana");
  await page.keyboard.press("Enter");
  await expect(() => {
    expect(settings()).toMatchObject({ theme: "dark", language: "de", operator: "Ana" });
  }).toPass();
  await first.kill();

  const second = await launch("--station-units=1");
  await expect(second.page.getByText("Ana")).toBeVisible();
  await expect(second.page.locator("html")).toHaveAttribute("lang", "de");
  await expect(second.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await second.page.keyboard.press("Control+Enter");
  await expectLooks(second.page, ["pass"]);
  expect(recordedRuns(data)[0]).toMatchObject({ operator: "Ana", outcome: "PASS" });
  await pressUntil(second.page, "nav [data-appearance=language]", "lang", "en");
  await start(second.page);
});
