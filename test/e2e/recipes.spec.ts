// The library of recipes on the packaged application: what the screen does is on the disk, in what runs, and in the record.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { AxeBuilder } from "@axe-core/playwright";
import { ask, batchesEnded, gatherNews, recordedRuns, test } from "./station-app.ts";

const recipeFile = (data: string, id: string): string => join(data, "recipes", id, "recipe.yaml");

test("a recipe is revised, corrected at its field, used on the line, and recorded with every run", async ({
  data,
  launch,
}) => {
  const { page } = await launch("--station-units=2");
  await page.getByRole("link", { name: "Recipes" }).click();
  await expect(page.locator("[data-recipe=training]")).toContainText("In use");
  await expect(page.getByText("Make the key for the cloud")).toBeVisible();

  await page.getByRole("button", { name: "New revision" }).click();
  await expect(page.getByLabel("Name in the library")).toHaveValue("training-board-2");
  await page.getByRole("button", { name: "Make the revision" }).click();
  await expect(page.locator("[data-recipe=training-board-2]")).toHaveAttribute("aria-current", "true");
  expect(readFileSync(recipeFile(data, "training-board-2"), "utf8")).toContain('revision: "2"');

  const text = page.getByRole("textbox", { name: "Text of the recipe" });
  const sound = await text.inputValue();
  await text.fill(sound.replace("secTag: 42384", "secTag: -1"));
  const problem = page.getByRole("list", { name: "Problems in the text" }).getByRole("button");
  await expect(problem).toContainText("commands.2.serverCertificate.secTag");
  await expect(problem).toContainText("must be at least 0");
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await problem.click();
  await expect(text).toBeFocused();

  await text.fill(sound.replace("secTag: 42384", "secTag: 42385"));
  await expect(page.getByText("No problems")).toBeVisible();
  await text.press("Control+s");
  await expect(page.getByText("Changed, not saved")).toHaveCount(0);
  expect(readFileSync(recipeFile(data, "training-board-2"), "utf8")).toContain("42385");

  await page.getByRole("button", { name: "Use on the line" }).click();
  await expect(page.getByText("On the line", { exact: true })).toBeVisible();
  expect(JSON.parse(readFileSync(join(data, "configuration.json"), "utf8"))).toMatchObject({
    ...{ recipe: "training-board-2", fixture: "training-tray", profile: "embedded" },
  });
  expect((await ask(page, "snapshot", null)).recipe.revision).toBe("2");
  await expect(page.getByRole("banner")).toContainText("rev 2");

  await gatherNews(page);
  await ask(page, "start", { serials: {}, again: true });
  await batchesEnded(page);
  const { document } = await ask(page, "library.read", { kind: "recipe", id: "training-board-2" });
  expect(recordedRuns(data)).toMatchObject(
    [1, 2].map(() => ({ outcome: "PASS", recipe: "Training board 2", recipeSha256: document.sha256, training: true })),
  );

  // What units were run with keeps its revision.
  await text.fill(sound.replace("secTag: 42384", "secTag: 42386"));
  await expect(problem).toContainText("revision");
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
});

test("the choice lasts through a restart", async ({ launch }) => {
  const first = await launch("--station-units=2");
  await ask(first.page, "library.duplicate", { kind: "recipe", id: "training", as: "mine", revision: "7" });
  await ask(first.page, "library.select", { kind: "recipe", id: "mine" });
  await expect(first.page.getByRole("banner")).toContainText("rev 7");
  await first.kill();
  const { page } = await launch("--station-units=2");
  await expect(page.getByRole("banner")).toContainText("rev 7");
});

test("other modems lie in the training tray at once, and after a restart", async ({ data, launch }) => {
  const first = await launch();
  const { page } = first;
  await expect(page.locator("[data-slot]")).toHaveCount(8);
  await ask(page, "configuration.write", { training: { modems: 3 } });
  await expect(page.locator("[data-slot]")).toHaveCount(3);
  await gatherNews(page);
  await ask(page, "start", { serials: {}, again: false });
  await batchesEnded(page);
  expect(recordedRuns(data)).toHaveLength(3);
  await first.kill();
  const again = await launch();
  await expect(again.page.locator("[data-slot]")).toHaveCount(3);
});

test("the line is not changed under active runs", async ({ launch }) => {
  const { page } = await launch("--station-units=2", "--station-latency=realistic");
  await ask(page, "library.duplicate", { kind: "recipe", id: "training", as: "mine", revision: "2" });
  await ask(page, "start", { serials: {}, again: true });
  await expect(ask(page, "library.select", { kind: "recipe", id: "mine" })).rejects.toMatchObject({
    code: "desktop.line-busy",
  });
  await page.getByRole("link", { name: "Recipes" }).click();
  await page.locator("[data-recipe=mine]").click();
  await expect(page.getByText("Runs are active: the line can take another recipe")).toBeVisible();
  await expect(page.getByRole("button", { name: "Use on the line" })).toBeDisabled();
});

test("simulated modems at another service are training, on the screen and in the record", async ({ data, launch }) => {
  const { page } = await launch("--station-units=2");
  // A copy of the real service's profile; nobody answers there.
  mkdirSync(join(data, "profiles"), { recursive: true });
  await ask(page, "library.duplicate", { kind: "profile", id: "nrf-cloud", as: "cloud" });
  const { text } = await ask(page, "library.read", { kind: "profile", id: "cloud" });
  const away = text.replaceAll(/provisioning-http\.nrfcloud\.com|api\.provisioning\.nrfcloud\.com/g, "localhost");
  await ask(page, "library.save", { kind: "profile", id: "cloud", text: away.replace("443", "9"), replace: true });
  await ask(page, "library.select", { kind: "profile", id: "cloud" });
  await expect(page.getByText("TRAINING", { exact: true })).toBeVisible();
  await gatherNews(page);
  await ask(page, "start", { serials: {}, again: true });
  await batchesEnded(page);
  expect(recordedRuns(data).map(({ training, outcome }) => [training, outcome])).toEqual([
    [true, "ERROR"],
    [true, "ERROR"],
  ]);
});

test("recipes are duplicated and removed by keyboard alone, the folder with them", async ({ data, launch }) => {
  const { page } = await launch("--station-units=1");
  await page.keyboard.press("Alt+5");
  await page.getByRole("button", { name: "Duplicate" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name in the library").press("Enter");
  await expect(page.locator("[data-recipe=training-copy]")).toHaveAttribute("aria-current", "true");
  expect(existsSync(recipeFile(data, "training-copy"))).toBe(true);
  await page.getByRole("button", { name: "Remove" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Keep it" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-recipe=training-copy]")).toHaveCount(0);
  expect(existsSync(join(data, "recipes", "training-copy"))).toBe(false);
});

for (const theme of ["light", "dark"] as const)
  test(`the Recipes screen has nothing that axe-core objects to, with problems shown, in ${theme}`, async ({
    data,
    launch,
  }) => {
    mkdirSync(join(data, "recipes", "broken"), { recursive: true });
    writeFileSync(recipeFile(data, "broken"), "recipe: 1\nproduct: Broken\nrevision: 1\ncommands: 7\n");
    const { page } = await launch("--station-units=1");
    await ask(page, "settings.write", { theme });
    await page.reload();
    await page.getByRole("link", { name: "Recipes" }).click();
    await page.locator("[data-recipe=broken]").click();
    await expect(page.getByRole("list", { name: "Problems in the text" })).toBeVisible();
    expect((await new AxeBuilder({ page }).setLegacyMode(true).analyze()).violations).toEqual([]);
    await page.locator("[data-recipe=training]").click();
    await expect(page.getByText("Make the key for the cloud")).toBeVisible();
    expect((await new AxeBuilder({ page }).setLegacyMode(true).analyze()).violations).toEqual([]);
  });
