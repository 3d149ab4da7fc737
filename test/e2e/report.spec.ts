import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import { isPng } from "../../src/contract/desktop-report.ts";
import { station } from "../cli/station-process.ts";
import { expectLooks, start } from "./line-screen.ts";
import { ask, recordedRuns, test, type StationApp } from "./station-app.ts";

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Where the system's next save dialog lets the file go. */
async function answerSaveDialog({ app }: StationApp, filePath: string): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path });
  }, filePath);
}

const card = (page: Page, picture: string): Locator => page.locator(`[data-picture="${picture}"]`);

/** The value of a head figure with its note. */
async function figure(page: Page, name: string): Promise<string> {
  const entry = page.locator(".figures > div").filter({ has: page.getByText(name, { exact: true }) });
  return (await entry.locator("dd").allInnerTexts()).join(" | ");
}

async function tableOf(picture: Locator): Promise<readonly (readonly string[])[]> {
  await picture.getByRole("button", { name: /as a table$/u }).click();
  const rows = await picture.locator("tbody tr").all();
  const texts = await Promise.all(rows.map((row) => row.locator("th, td").allInnerTexts()));
  await picture.getByRole("button", { name: /as a table$/u }).click();
  return texts;
}

async function save(application: StationApp, picture: string, format: "PNG" | "CSV", file: string): Promise<void> {
  const { page } = application;
  await answerSaveDialog(application, file);
  await card(page, picture).getByRole("button", { name: "Save" }).click();
  await card(page, picture)
    .getByRole("button", { name: new RegExp(`^${format}`, "u") })
    .click();
  await expect(page.getByText(file)).toBeVisible();
  await page.getByRole("button", { name: "Close", exact: true }).click();
}

test("the figures on the screen are those of the record, of the command line, and of what is saved", async ({
  launch,
  data,
}) => {
  const application = await launch("--station-units=4", "--station-fault=2=keygen-fail*99");
  const { page } = application;
  await start(page);
  await expectLooks(page, ["pass", "fail", "pass", "pass"]);
  const runs = recordedRuns(data);
  const failed = runs.filter(({ outcome }) => outcome === "FAIL");
  expect([runs.length, failed.length]).toEqual([4, 1]);

  await page.getByRole("link", { name: "Report" }).click();
  await expect(page.getByText(/^4 training runs · /u)).toBeVisible();
  expect(await figure(page, "Yield")).toBe("75.0% | 3 of 4 runs passed");
  expect(await figure(page, "First-pass yield")).toBe("75.0% | 3 of 4 units at once");
  expect(await figure(page, "Failed (unit)")).toBe("1 | 1 reason makes 100.0%");
  expect(await figure(page, "Station errors")).toBe("0 | No slot stands out");
  for (const picture of ["yield", "throughput", "cycle-times", "failures", "slots"]) {
    await expect(card(page, picture).locator("canvas")).toBeVisible();
    await expect(card(page, picture).locator("h2")).toContainText("TRAINING");
  }
  const slots = await tableOf(card(page, "slots"));
  expect(slots.map(([slot, judged, fail]) => `${slot ?? ""} ${judged ?? ""} ${fail ?? ""}`)).toEqual([
    "1 1 0",
    "2 1 1",
    "3 1 0",
    "4 1 0",
  ]);
  expect((await tableOf(card(page, "failures"))).map(([, fail, error]) => [fail, error])).toEqual([["1", "0"]]);

  // The same query from the command line, on the same database.
  const order = { filter: { mode: "training" as const }, zone: ZONE };
  const asked = await ask(page, "report.read", { order });
  const commanded = await station([
    "report",
    "--audit",
    join(data, "audit.db"),
    "--mode",
    "training",
    "--zone",
    ZONE,
    "--json",
  ]);
  expect(JSON.parse(commanded.stdout)).toEqual(asked);
  expect(asked.codes.codes).toEqual([{ code: failed[0]?.code, fail: 1, error: 0 }]);

  const [png, csv] = [join(data, "slots.png"), join(data, "slots.csv")];
  await save(application, "slots", "PNG", png);
  const picture = readFileSync(png);
  expect(isPng(picture)).toBe(true);
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([2240, 1260]);
  await save(application, "slots", "CSV", csv);
  const lines = readFileSync(csv, "utf8").split("\r\n");
  expect(lines[0]).toBe("Slot,Runs,FAIL,ERROR,Share failed,By chance,Fixture");
  expect(lines[2]).toMatch(/^2,1,1,0,1,0\.\d+,[^,]+$/u);
});

test("a slot that fails again and again stands out; filters and modes narrow the report by the keyboard alone", async ({
  launch,
  data,
}) => {
  const { page } = await launch("--station-units=4", "--station-fault=3=keygen-fail*99");
  for (let batch = 1; batch <= 4; batch++) {
    await start(page);
    await expect
      .poll(() => recordedRuns(data).filter(({ outcome }) => outcome !== null).length, { timeout: 60_000 })
      .toBe(batch * 4);
    await expectLooks(page, ["pass", "pass", "fail", "pass"]);
  }
  await page.keyboard.press("Alt+4");
  await expect(page.getByRole("heading", { level: 1, name: "Report" })).toBeVisible();
  await expect(card(page, "slots")).toContainText("Check slot 3");
  expect(await figure(page, "Yield")).toBe("75.0% | 12 of 16 runs passed");
  expect(await figure(page, "First-pass yield")).toBe("75.0% | 3 of 4 units at once");

  await page.getByRole("button", { name: "All slots" }).focus();
  await page.keyboard.press("Enter");
  for (let press = 0; press < 3; press++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^4 training runs · .*Slot 3/u)).toBeVisible();
  await expect.poll(() => figure(page, "Yield")).toBe("0.0% | 0 of 4 runs passed");

  await page.getByRole("button", { name: "Training", exact: true }).click();
  await page.getByRole("button", { name: "Production", exact: true }).last().click();
  await expect(page.getByRole("heading", { name: "No runs in this range" })).toBeVisible();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await expect(page.getByText(/^16 training runs · /u)).toBeVisible();
});
