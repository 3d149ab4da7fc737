import { expect, type Page } from "@playwright/test";
import { ask, batchesEnded, everythingIn, gatherNews, recordedRuns, test } from "./station-app.ts";

const DANA_PIN = "70418265";
const ANA_PIN = "59263170";

/** Fills the panel for an operator and saves it. */
async function enter(page: Page, name: string, pin: string): Promise<void> {
  const panel = page.getByRole("dialog");
  await panel.getByLabel("Name", { exact: true }).fill(name);
  await panel.getByLabel("PIN, 4 to 12 digits").fill(pin);
  await panel.getByLabel("The same PIN again").fill(pin);
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel).toBeHidden();
}

/** Chooses a name at the top of the window and types a PIN on the pad. */
async function signIn(page: Page, name: string, pin: string): Promise<void> {
  const panel = page.getByRole("dialog");
  await panel.getByRole("button", { name }).click();
  await typePin(page, pin);
}

async function typePin(page: Page, pin: string): Promise<void> {
  const panel = page.getByRole("dialog");
  for (const digit of pin) await panel.getByRole("button", { name: digit, exact: true }).click();
  await panel.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("an operator signs in with a PIN, may not change the station, and is in the record of the run", async ({
  launch,
  data,
}) => {
  const { page } = await launch("--station-units=2");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Enter the first engineer" }).click();
  await enter(page, "Dana Weiss", DANA_PIN);
  await expect(page.getByRole("banner").getByText("Dana Weiss")).toBeVisible();
  await page.getByRole("button", { name: "Add operator" }).click();
  await enter(page, "Ana Duarte", ANA_PIN);
  await expect(page.getByText("Operator · with PIN")).toBeVisible();

  await page.getByRole("banner").getByRole("button", { name: "Dana Weiss" }).click();
  await signIn(page, "Ana Duarte", "0000");
  await expect(page.getByRole("alert").filter({ hasText: "not the PIN" })).toBeVisible();
  expect((await ask(page, "session.read", null)).operator?.name).toBe("Dana Weiss");
  await expect(async () => {
    await typePin(page, ANA_PIN);
    await expect(page.getByRole("dialog")).toBeHidden({ timeout: 3000 });
  }).toPass();
  await expect(page.getByRole("banner").getByText("Ana Duarte")).toBeVisible();

  await expect(page.getByRole("button", { name: "Add operator" })).toBeDisabled();
  await expect(page.getByText("Only an engineer may change this").first()).toBeVisible();
  const recipe = { kind: "recipe", id: "mine", text: "recipe: 1", replace: false } as const;
  await expect(ask(page, "library.save", recipe)).rejects.toMatchObject({ code: "desktop.not-allowed" });
  await expect(ask(page, "operators.remove", { name: "Dana Weiss" })).rejects.toMatchObject({
    code: "desktop.not-allowed",
  });

  await page.reload();
  await expect(page.getByRole("banner").getByText("Ana Duarte")).toBeVisible();
  await gatherNews(page);
  await page.getByRole("link", { name: "Line" }).click();
  await page.getByRole("button", { name: /^Start batch/ }).click();
  await batchesEnded(page);
  expect(recordedRuns(data).map(({ operator, outcome }) => [operator, outcome])).toEqual([
    ["Ana Duarte", "PASS"],
    ["Ana Duarte", "PASS"],
  ]);
  const kept = everythingIn(data);
  for (const pin of [DANA_PIN, ANA_PIN]) expect(kept.includes(pin)).toBe(false);
});

test("nobody starts while nobody is signed in, and everybody may stop", async ({ launch, data }) => {
  const { page } = await launch("--station-units=2", "--station-latency=realistic");
  await gatherNews(page);
  await ask(page, "operators.add", { name: "Dana", role: "engineer", pin: DANA_PIN });
  await ask(page, "operators.add", { name: "Ana", role: "operator" });
  await ask(page, "session.signOut", null);
  await expect(page.getByRole("banner").getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect(ask(page, "start", { serials: {}, again: false, operator: "Ana" })).rejects.toMatchObject({
    code: "operators.signed-out",
  });
  await page.getByRole("button", { name: /^Start batch/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Ana/ }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.getByRole("button", { name: /^Start batch/ }).click();
  await expect(page.getByRole("button", { name: /^Stop batch/ })).toBeVisible();
  await ask(page, "session.signOut", null);
  await ask(page, "abort", { slot: "all" });
  await batchesEnded(page);
  expect(recordedRuns(data).map(({ operator, outcome }) => [operator, outcome])).toEqual([
    ["Ana", "ABORTED"],
    ["Ana", "ABORTED"],
  ]);
});
