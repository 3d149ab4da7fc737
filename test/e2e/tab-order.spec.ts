import { expect, type Page } from "@playwright/test";
import { expectLooks } from "./line-screen.ts";
import { test } from "./station-app.ts";

/** Numbers everything on the screen that a pointer could press or type into, and tells what each is. */
async function controls(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>(
      "button, a[href], input, select, textarea, summary, [role=button], [role=link], [role=switch], [role=tab], [tabindex]",
    );
    const isReached = (one: HTMLElement): boolean => {
      if (!one.checkVisibility({ visibilityProperty: true }) || one.matches(":disabled, [inert] *")) return false;
      // Of radio buttons Tab reaches the chosen one; arrows lead on.
      if (one instanceof HTMLInputElement && one.type === "radio" && !one.checked) return false;
      // So it is with tiles, rows and tabs: one of a group is reached.
      const group = one.closest(
        "[role=group], [role=grid], [role=tablist], [role=radiogroup], [role=listbox], [role=menu]",
      );
      return one.tabIndex >= 0 || (group?.querySelector('[tabindex="0"]') ?? null) === null;
    };
    const reached = [...all].filter((one) => isReached(one) && one.getAttribute("tabindex") !== "-1");
    for (const [number, one] of reached.entries()) one.dataset["control"] = String(number);
    return reached.map((one) => `${one.tagName} ${(one.ariaLabel ?? one.innerText).slice(0, 40)}`);
  });
}

/** Presses Tab until it has been around, and tells the controls that it did not come to. */
async function missedByTab(page: Page): Promise<readonly string[]> {
  const left = new Map((await controls(page)).entries());
  const presses = left.size + 10;
  for (let press = 0; press < presses && left.size > 0; press++) {
    await page.keyboard.press("Tab");
    left.delete(await page.evaluate(() => Number(document.activeElement?.getAttribute("data-control") ?? -1)));
  }
  return [...left.values()];
}

test("Tab reaches every control of every screen", async ({ launch }) => {
  const { page } = await launch("--station-units=4", "--station-fault=3=jwt-fail*9");
  await page.keyboard.press("Control+Enter");
  await expectLooks(page, ["pass", "pass", "fail", "pass"]);
  const missed: Record<string, readonly string[]> = {};
  const names = await page.locator("nav a").allInnerTexts();
  for (const [place, name] of names.entries()) {
    await page.keyboard.press(`Alt+${place + 1}`);
    await expect(page.locator("nav a").nth(place)).toHaveAttribute("aria-current", "page");
    await expect(page.locator("main h1").first()).toBeAttached();
    missed[name] = await missedByTab(page);
  }
  expect(missed).toEqual(Object.fromEntries(names.map((name) => [name, []])));
});
