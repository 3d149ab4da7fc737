import { expect } from "@playwright/test";
import { ask, recordedRuns, test } from "./station-app.ts";

const passed = '[data-slot][data-look="pass"]';

test("one press provisions the training tray; new boards and another press provision the next", async ({
  launch,
  data,
}) => {
  const { page } = await launch();
  await expect(page.locator("[data-slot]")).toHaveCount(8);
  await page.getByRole("button", { name: "Start batch" }).click();
  await expect(page.locator(passed)).toHaveCount(8, { timeout: 60_000 });
  expect(recordedRuns(data).map(({ outcome }) => outcome)).toEqual(Array.from({ length: 8 }, () => "PASS"));

  await page.getByRole("button", { name: "New boards" }).click();
  await page.getByRole("button", { name: "Start next batch" }).click();
  await expect
    .poll(() => recordedRuns(data).filter(({ outcome }) => outcome === "PASS").length, { timeout: 60_000 })
    .toBe(16);
  await expect(page.locator(passed)).toHaveCount(8);
});

test("what fails shows its reason and what to do, and the record has its code", async ({ launch, data }) => {
  const { page } = await launch("--station-units=4", "--station-fault=2=keygen-fail*9");
  await page.getByRole("button", { name: "Start batch" }).click();
  const tile = page.locator('[data-slot="2"]');
  await expect(tile).toHaveAttribute("data-look", "fail", { timeout: 60_000 });
  await expect(page.locator(passed)).toHaveCount(3, { timeout: 60_000 });
  const record = recordedRuns(data).find(({ slot }) => slot === "2");
  expect(record).toMatchObject({ outcome: "FAIL", code: expect.stringContaining("key") });
  await expect(page.getByText("The modem did not make its key.")).toBeVisible();
});

test("a reloaded window shows the running tray again within a second, and its end", async ({ launch, data }) => {
  const { page } = await launch("--station-units=4", "--station-latency=realistic");
  await page.getByRole("button", { name: "Start batch" }).click();
  await expect(page.locator('[data-slot][data-look="running"]')).toHaveCount(4);
  await page.reload();
  await expect(page.locator('[data-slot][data-look="running"]')).toHaveCount(4, { timeout: 3000 });
  await expect(page.locator(passed)).toHaveCount(4, { timeout: 60_000 });
  expect(recordedRuns(data).map(({ outcome }) => outcome)).toEqual(["PASS", "PASS", "PASS", "PASS"]);
});

test("theme, language and operator outlive the application", async ({ launch }) => {
  const first = await launch("--station-units=1");
  await ask(first.page, "settings.write", { theme: "dark", language: "de", operator: "Ana" });
  await first.kill();
  const { page } = await launch("--station-units=1");
  await expect(page.getByText("Ana")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a second start on the same data shows the first one's window and ends", async ({ launch, data }) => {
  const { app } = await launch("--station-units=1");
  const windows = await app.evaluate(
    async ({ BrowserWindow }, [program, args]) => {
      const { spawn } = process.getBuiltinModule("node:child_process");
      const code = await new Promise((resolve) => spawn(program, args).once("exit", resolve));
      return { code, count: BrowserWindow.getAllWindows().length };
    },
    [await app.evaluate(() => process.execPath), ["--no-sandbox", "--disable-gpu", `--station-data=${data}`]] as const,
  );
  expect(windows).toEqual({ code: 0, count: 1 });
});

test("the history lists the runs that the record has", async ({ launch, data }) => {
  const { page } = await launch("--station-units=2");
  await page.getByRole("button", { name: "Start batch" }).click();
  await expect(page.locator(passed)).toHaveCount(2, { timeout: 60_000 });
  const [run] = recordedRuns(data);
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText(run?.imei ?? "none").first()).toBeVisible();
});
