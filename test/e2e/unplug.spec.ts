// Boards that are unplugged and plugged in again: real serial ports (pseudo-terminals), real workers, simulated modems.
import { expect, type Page } from "@playwright/test";
import { expectLooks, need, start, tile, tiles } from "./line-screen.ts";
import { ptyTray, type PtyTray } from "./pty-tray.ts";
import { ask, batchesEnded, gatherNews, recordedRuns, test } from "./station-app.ts";

const bySlot = (data: string) =>
  recordedRuns(data)
    .map(({ slot, outcome, code }) => [slot, outcome, code])
    .toReversed();
const armSwitch = (page: Page) => page.getByRole("switch", { name: "Start on insert" });

test.describe("boards on serial ports", () => {
  let tray: PtyTray | undefined;
  test.afterEach(async () => {
    await tray?.stop();
    tray = undefined;
  });

  test("a slot is empty while its board is unplugged, and starts by itself when it is armed and plugged in", async ({
    launch,
    data,
  }) => {
    tray = await ptyTray(data, 2, "none");
    await tray.plugIn(1, 2);
    const { page } = await launch(`--station-fixture=${tray.fixture}`);
    await gatherNews(page);
    await expectLooks(page, ["ready", "ready"]);

    await tray.unplug(2);
    await expectLooks(page, ["ready", "empty"]);
    await expect(tile(page, "2")).toContainText("no board");
    await expect(page.getByRole("button", { name: /^Start batch/u })).toContainText("1 unit");

    await armSwitch(page).click();
    await expect(armSwitch(page)).toHaveAttribute("aria-checked", "true");
    await expect(page.getByPlaceholder("Plug in a board: it starts by itself")).toBeVisible();
    await page.reload();
    await expect(armSwitch(page)).toHaveAttribute("aria-checked", "true");

    await gatherNews(page);
    await tray.plugIn(2);
    await batchesEnded(page);
    await expectLooks(page, ["ready", "pass"]);
    expect(bySlot(data)).toEqual([["2", "PASS", null]]);

    // Whoever stops everything disarms it: the next board waits for Start.
    await ask(page, "abort", { slot: "all" });
    await expect(armSwitch(page)).toHaveAttribute("aria-checked", "false");
    await tray.unplug(1);
    await expectLooks(page, ["empty", "pass"]);
    await tray.plugIn(1);
    await expectLooks(page, ["ready", "pass"]);
    expect(bySlot(data)).toHaveLength(1);
  });

  test("a board that is unplugged in mid-run ends as ERROR with what to do, and runs once it is back", async ({
    launch,
    data,
  }) => {
    tray = await ptyTray(data, 2, "realistic");
    await tray.plugIn(1, 2);
    const { page } = await launch(`--station-fixture=${tray.fixture}`);
    await expectLooks(page, ["ready", "ready"]);
    await gatherNews(page);
    await start(page);
    await page.waitForFunction(() =>
      window.gathered?.some((n) => n.kind === "run" && n.event.slot === "2" && n.event.type === "unit.identified"),
    );
    await tray.unplug(2);
    await expectLooks(page, ["pass", "error"]);
    await expect(need(page, "Slot 2")).toBeVisible();
    expect(recordedRuns(data).find(({ slot }) => slot === "2")).toMatchObject({
      ...{ outcome: "ERROR", code: "link.lost", release: "unreachable" },
    });
    expect(recordedRuns(data).find(({ slot }) => slot === "1")).toMatchObject({ outcome: "PASS", code: null });

    await tray.plugIn(2);
    await expect(page.getByRole("button", { name: "Retry slot 2" })).toBeVisible();
    await page.getByRole("button", { name: "Retry slot 2" }).click();
    await expect(tiles(page, "pass")).toHaveCount(2, { timeout: 60_000 });
    expect(
      recordedRuns(data)
        .filter(({ slot }) => slot === "2")
        .map(({ outcome }) => outcome),
    ).toEqual(["PASS", "ERROR"]);
  });
});
