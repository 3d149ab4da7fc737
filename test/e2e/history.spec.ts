import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { station } from "../cli/station-process.ts";
import { expectLooks, start } from "./line-screen.ts";
import { ask, recordedRuns, test, type StationApp } from "./station-app.ts";

/** Where the system's next save dialog lets the file go; undefined: the person cancels. */
async function answerSaveDialog({ app }: StationApp, filePath: string | undefined): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    const answer = { canceled: path === "", filePath: path };
    dialog.showSaveDialog = () => Promise.resolve(answer);
  }, filePath ?? "");
}

async function exportAs(page: Page, format: "CSV" | "JSON Lines"): Promise<void> {
  await page.getByRole("button", { name: /^Export/u }).click();
  await page.getByRole("button", { name: new RegExp(`^${format}`, "u") }).click();
}

const rows = (page: Page) => page.locator("[role=grid] [role=rowgroup] [role=row]");

test("filters show the runs that the record has, and export the bytes that `station export` writes", async ({
  launch,
  data,
}) => {
  const application = await launch("--station-units=4", "--station-fault=2=keygen-fail*9");
  const { page } = application;
  await page.getByRole("button", { name: /^Operator/u }).click();
  await page.keyboard.type("Ana");
  await page.keyboard.press("Enter");
  await start(page);
  await expectLooks(page, ["pass", "fail", "pass", "pass"]);

  await page.getByRole("link", { name: "History" }).click();
  await expect(rows(page)).toHaveCount(4);
  for (const { imei } of recordedRuns(data)) await expect(page.getByText(imei ?? "none").first()).toBeVisible();

  await page.getByRole("group", { name: "Outcome" }).getByRole("button", { name: "PASS" }).click();
  await expect(rows(page)).toHaveCount(3);
  for (const [format, name] of [["csv", "CSV"] as const, ["jsonl", "JSON Lines"] as const]) {
    const [shown, commanded] = [join(data, `screen.${format}`), join(data, `command.${format}`)];
    await answerSaveDialog(application, shown);
    await exportAs(page, name);
    await expect(page.getByText("3 rows exported.")).toBeVisible();
    await page.getByRole("button", { name: "Close" }).click();
    const args = ["--audit", join(data, "audit.db"), "--format", format, "--out", commanded, "--outcome", "PASS"];
    expect(await station(["export", ...args])).toMatchObject({ code: 0 });
    expect(readFileSync(shown)).toEqual(readFileSync(commanded));
    expect(await verifyFile(shown)).toMatchObject({ ok: true, rows: 3, signature: "export" });
  }

  // Search as you type narrows to one unit; Escape lets all through again.
  const failed = recordedRuns(data).find(({ outcome }) => outcome === "FAIL");
  await page.getByRole("group", { name: "Outcome" }).getByRole("button", { name: "PASS" }).click();
  await page.getByRole("searchbox").fill(failed?.imei ?? "");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("FAIL");
  await page.getByRole("searchbox").press("Escape");
  await expect(rows(page)).toHaveCount(4);
});

test("an export that is not wanted is not made; the record verifies on the screen", async ({ launch, data }) => {
  const application = await launch("--station-units=2");
  const { page } = application;
  await start(page);
  await expectLooks(page, ["pass", "pass"]);
  await answerSaveDialog(application, undefined);
  expect(await ask(page, "history.export", { format: "csv", filter: {} })).toEqual({ kind: "cancelled" });
  await page.getByRole("link", { name: "History" }).click();
  await page.getByRole("button", { name: /^Verify/u }).click();
  await page.getByRole("button", { name: /^This station's record/u }).click();
  await expect(page.getByText(/The chain is whole: .* records of 2 runs\./u)).toBeVisible();
  expect(await verifyFile(join(data, "audit.db"))).toMatchObject({ ok: true, runs: 2 });
});
