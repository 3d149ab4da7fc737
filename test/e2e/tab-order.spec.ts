import { expect, type Page } from "@playwright/test";
import { expectLooks } from "./line-screen.ts";
import { test } from "./station-app.ts";

/** Everything on the screen that a pointer could press or type into and that Tab has not come to yet. */
async function unvisited(page: Page): Promise<readonly string[]> {
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
    return reached
      .filter((one) => one.dataset["visited"] === undefined)
      .map((one) => `${one.tagName} ${(one.ariaLabel ?? one.innerText).slice(0, 40)}`);
  });
}

const MOST_PRESSES = 400;

/** Presses Tab until it has come to everything, on and on: a screen may fill while it goes. Tells the controls that it did not come to. */
async function missedByTab(page: Page): Promise<readonly string[]> {
  for (let press = 0; press < MOST_PRESSES; press++) {
    await page.keyboard.press("Tab");
    const isKnown = await page.evaluate(() => {
      const { activeElement } = document;
      if (!(activeElement instanceof HTMLElement) || activeElement === document.body) return false;
      const isKnown = activeElement.dataset["visited"] !== undefined;
      activeElement.dataset["visited"] = "yes";
      return isKnown;
    });
    if (isKnown && (await unvisited(page)).length === 0) return [];
  }
  return unvisited(page);
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
    await page.evaluate(() => {
      for (const one of document.querySelectorAll<HTMLElement>("[data-visited]")) delete one.dataset["visited"];
    });
    missed[name] = await missedByTab(page);
  }
  expect(missed).toEqual(Object.fromEntries(names.map((name) => [name, []])));
});
