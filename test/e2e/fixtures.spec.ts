// Fixtures on the packaged application: a tray is learned by plugging its boards in, saved, used, and its runs are recorded.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { expectLooks, start } from "./line-screen.ts";
import { ptyTray, type PtyTray } from "./pty-tray.ts";
import { ask, batchesEnded, gatherNews, recordedRuns, test } from "./station-app.ts";

test.describe("the fixtures", () => {
  let tray: PtyTray | undefined;
  test.afterEach(async () => {
    await tray?.stop();
    tray = undefined;
  });

  test("a tray is learned by plugging its boards in, and works on the line", async ({ launch, data }) => {
    tray = await ptyTray(data, 2, "none");
    const { page } = await launch(`--station-fixture=${tray.fixture}`);
    await expectLooks(page, ["empty", "empty"]);
    await page.getByRole("link", { name: "Fixtures" }).click();
    await page.getByRole("button", { name: "New fixture" }).click();
    await page.getByLabel("Name").fill("Bench 2");
    await page.getByLabel("Rows").fill("1");
    await page.getByLabel("Columns").fill("2");
    await page.getByLabel("Flow control").selectOption("none");
    await expect(page.locator("[data-cell]")).toHaveCount(2);
    await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();

    await page.getByRole("button", { name: "Learn the tray in order" }).click();
    await expect(page.locator("[data-learning]")).toContainText("Plug the board into slot 1");
    await tray.plugIn(1);
    await expect(page.locator("[data-learning]")).toContainText("Plug the board into slot 2");
    await tray.unplug(1);
    await expect(page.locator("[data-missing='1']")).toBeVisible();
    await tray.plugIn(1);
    await expect(page.locator("[data-learning]")).toContainText("That is the board of slot 1");
    await tray.plugIn(2);
    await expect(page.locator("[data-learning]")).toHaveCount(0);
    await expect(page.locator("[data-cell][data-sight=present]")).toHaveCount(2);

    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.locator("[data-fixture=bench-2]")).toBeVisible();
    const text = readFileSync(join(data, "fixtures", "bench-2.yaml"), "utf8");
    expect(text).toContain(`{ slot: "1", row: 1, column: 1, port: { path: ${tray.path(1)} } }`);

    await page.getByRole("button", { name: "Use on the line" }).click();
    await expect(page.getByRole("banner")).toContainText("Bench 2");
    await page.getByRole("link", { name: "Line" }).click();
    await expectLooks(page, ["ready", "ready"]);
    await gatherNews(page);
    await start(page);
    await batchesEnded(page);
    await expectLooks(page, ["pass", "pass"]);
    expect(recordedRuns(data).map(({ outcome, link }) => [outcome, link])).toEqual(
      expect.arrayContaining([1, 2].map((slot) => ["PASS", `serial:${tray?.path(slot)}`])),
    );
  });

  test("what comes with the station is shown and copied, not changed; what is wrong stands at its field", async ({
    launch,
    data,
  }) => {
    const { page } = await launch("--station-units=2");
    await page.getByRole("link", { name: "Fixtures" }).click();
    await expect(page.locator("[data-fixture=training-tray]")).toContainText("On the line");
    await expect(page.getByLabel("Name")).toBeDisabled();
    await page.getByRole("button", { name: "Duplicate" }).click();
    await expect(page.locator("[data-fixture=training-tray-copy]")).toHaveAttribute("aria-current", "true");
    await page.locator("[data-cell]").first().click();
    const slot = page.locator("[data-field=slot]");
    await slot.fill("not a slot!");
    await expect(slot).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
    await slot.fill("A1");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    expect(readFileSync(join(data, "fixtures", "training-tray-copy.yaml"), "utf8")).toContain("A1");
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.locator("[data-yes]").click();
    await expect(page.locator("[data-fixture=training-tray-copy]")).toHaveCount(0);
    expect((await ask(page, "library.list", { kind: "fixture" })).map(({ id }) => id)).not.toContain(
      "training-tray-copy",
    );
  });

  test("the screen is accessible in both themes", async ({ launch }) => {
    const { page } = await launch("--station-units=2");
    await page.getByRole("link", { name: "Fixtures" }).click();
    for (const theme of ["light", "dark"] as const) {
      await ask(page, "settings.write", { theme });
      await page.reload();
      await page.locator("[data-cell]").first().click();
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    }
  });
});
