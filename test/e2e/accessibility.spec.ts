import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { expectLooks, inMidRun, start, tile } from "./line-screen.ts";
import { ask, test } from "./station-app.ts";

/** What axe finds on what is shown now: where, which rule, which element, what is wrong. */
async function violations(page: Page, where: string): Promise<readonly string[]> {
  // Colours are judged as they are at rest.
  await page.evaluate(async () => {
    const passing = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
  });
  // Electron opens no further page, which axe would use otherwise.
  const found = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ["violations"] })
    .analyze();
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${where}: ${id} at ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}

/** Opens what the rail leads to, one screen after the other, and looks at each, where wanted with its panels open. */
async function everyScreen(page: Page, state: string, panels: boolean): Promise<readonly string[]> {
  const found: string[] = [];
  const links = page.locator("nav a");
  for (const link of await links.all()) {
    const where = `${await link.innerText()}, ${state}`;
    await link.click();
    await expect(link).toHaveAttribute("aria-current", "page");
    await expect(page.locator("main h1").first()).toBeAttached();
    found.push(...(await violations(page, where)), ...(panels ? await everyPanel(page, where) : []));
  }
  await links.first().click();
  return found;
}

/** Opens what buttons of the screen hold closed (panels, menus, dialogs), one after the other; of several alike the first. */
async function everyPanel(page: Page, where: string): Promise<readonly string[]> {
  const found: string[] = [];
  const seen = new Set<string>();
  const closed = page.locator("main :is([aria-haspopup], [aria-expanded=false]):visible:enabled");
  for (let place = 0; place < (await closed.count()); place++) {
    const name = await closed.nth(place).innerText();
    if (seen.has(name)) continue;
    seen.add(name);
    await closed.nth(place).click();
    found.push(...(await violations(page, `${where}, ${name} open`)));
    await page.keyboard.press("Escape");
  }
  return found;
}

for (const theme of ["light", "dark"] as const) {
  test(`no screen violates a rule of accessibility, ${theme}`, async ({ launch }) => {
    test.setTimeout(400_000);
    const { page } = await launch("--station-units=4", "--station-latency=realistic", "--station-fault=2=jwt-fail*9");
    await ask(page, "settings.write", { theme });
    await page.reload();
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    await expectLooks(page, ["ready", "ready", "ready", "ready"]);
    const found = [...(await everyScreen(page, "before the first batch", false))];

    await start(page);
    await inMidRun(page, 4);
    found.push(...(await violations(page, "Line, running")));
    await expectLooks(page, ["pass", "fail", "pass", "pass"]);
    found.push(...(await everyScreen(page, "after a batch", true)));
    await tile(page, "2").click();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    found.push(
      ...(await violations(page, "Unit of a failed run")),
      ...(await everyPanel(page, "Unit of a failed run")),
    );
    await page.keyboard.press("F1");
    await expect(page.getByRole("dialog")).toBeVisible();
    found.push(...(await violations(page, "Help")));
    await page.keyboard.press("Escape");

    await ask(page, "operators.add", { name: "Dana", role: "engineer", pin: "47110815" });
    await ask(page, "session.signOut", null);
    await page.getByRole("banner").getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    found.push(...(await violations(page, "Signing in")));
    expect(found).toEqual([]);
  });
}
