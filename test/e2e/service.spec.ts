// The Service screen on the packaged application: profiles on the disk, the connection test over real connections, the owner's
// key, which is on no disk.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { AxeBuilder } from "@axe-core/playwright";
import { ask, batchesEnded, everythingIn, gatherNews, recordedRuns, test } from "./station-app.ts";

const KEY = "planted-owner-key-e2e-77183";

/** The states of a side's steps: `name passed`. */
const steps = (page: Page, side: "device" | "owner") =>
  page
    .locator(`[data-side=${side}] [data-step]`)
    .evaluateAll((found) => found.map((step) => step.getAttribute("data-step")));

async function openService(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Service", exact: true }).click();
  await expect(page.locator("[data-profile=embedded]")).toContainText("On the line");
}

async function runTest(page: Page, verdict: "passed" | "failed"): Promise<void> {
  await page.locator("[data-run-test]").click();
  await expect(page.locator(`[data-verdict=${verdict}]`)).toBeVisible({ timeout: 60_000 });
}

/** Lays a profile of the running embedded service into the library, its CA beside it; answers its ports. */
async function embeddedProfile(page: Page, data: string, https?: number) {
  const embedded = await ask(page, "service.embedded", null);
  if (embedded === null) throw new Error("no embedded service");
  await ask(page, "library.duplicate", { kind: "profile", id: "nrf-cloud", as: "own" });
  writeFileSync(join(data, "profiles", "own-ca.pem"), readFileSync(embedded.caFile));
  const text =
    `profile: 1\nname: Own service # ours\nservice: embedded\n` +
    `https: { host: localhost, port: ${https ?? embedded.httpsPort}, ca: own-ca.pem }\n` +
    `owner: { base: "https://localhost:${embedded.ownerPort}/v1" }\n`;
  await ask(page, "library.save", { kind: "profile", id: "own", text, replace: true });
  return embedded;
}

/** A port that takes connections and says nothing. */
async function silentPort(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => socket.on("error", () => undefined).resume());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

test("the embedded service passes every step of both sides", async ({ launch }) => {
  const { page } = await launch("--station-units=2");
  await openService(page);
  await runTest(page, "passed");
  expect(await steps(page, "device")).toEqual(["connect passed", "tls passed", "answer passed"]);
  expect(await steps(page, "owner")).toEqual(["connect passed", "tls passed", "answer passed", "key passed"]);
  await expect(page.getByText("Made by the embedded service itself")).toBeVisible();
});

test("a wrong port fails at its step; corrected in the form it passes, and is saved with its comments", async ({
  data,
  launch,
}) => {
  const { page } = await launch("--station-units=2");
  const { server, port } = await silentPort();
  await new Promise((resolve) => server.close(resolve));
  const embedded = await embeddedProfile(page, data, port);
  await openService(page);
  await page.locator("[data-profile=own]").click();
  await runTest(page, "failed");
  expect(await steps(page, "device")).toEqual([
    ...["name passed", "connect failed", "tls not-reached", "answer not-reached"],
  ]);
  await expect(page.locator("[data-side=device]")).toContainText("Nothing listens at the service's address");
  await expect(page.locator("[data-side=owner]")).toContainText("cloud.key-missing");

  await page.locator("[data-field=port]").fill("99999");
  await expect(page.getByText("Enter a port from 1 to 65535.")).toBeVisible();
  await expect(page.locator("[data-save]")).toBeDisabled();
  await page.locator("[data-field=port]").fill(String(embedded.httpsPort));
  await runTest(page, "failed");
  expect(await steps(page, "device")).toEqual(["name passed", "connect passed", "tls passed", "answer passed"]);
  await page.locator("[data-save]").click();
  // The button rests while it is being saved, too.
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const text = readFileSync(join(data, "profiles", "own.yaml"), "utf8");
  expect(text).toContain("name: Own service # ours");
  expect(text).toContain(`port: ${embedded.httpsPort}`);
});

test("a test of a silent port can be cancelled", async ({ data, launch }) => {
  const { page } = await launch("--station-units=2");
  const { server, port } = await silentPort();
  await embeddedProfile(page, data, port);
  await openService(page);
  await page.locator("[data-profile=own]").click();
  await page.locator("[data-run-test]").click();
  await expect(page.locator("[data-step='tls running']")).toBeVisible({ timeout: 30_000 });
  await page.locator("[data-cancel-test]").click();
  await expect(page.locator("[data-verdict=cancelled]")).toBeVisible();
  expect(await steps(page, "device")).toEqual(["name passed", "connect passed", "tls cancelled", "answer not-reached"]);
  await new Promise((resolve) => server.close(resolve));
});

test("a key held for the session is tested and used, and is on no disk and in no answer", async ({ data, launch }) => {
  const { page } = await launch("--station-units=2");
  await embeddedProfile(page, data);
  await openService(page);
  await page.locator("[data-profile=own]").click();
  await page.locator("[data-enter-key]").click();
  await page.locator("[data-key-field]").fill(KEY);
  await page.getByText("Hold it until the station is closed").click();
  await page.locator("[data-keep-key]").click();
  await expect(page.locator("[data-key=session]")).toContainText("Held until the station is closed");
  // It is not one of the service's: the test tells that it was sent and refused.
  await runTest(page, "failed");
  expect(await steps(page, "owner")).toEqual([
    ...["name passed", "connect passed", "tls passed", "answer passed", "key failed"],
  ]);
  await page.locator("[data-use]").click();
  await expect(page.locator("[data-profile=own]")).toContainText("On the line");
  await gatherNews(page);
  await page.getByRole("link", { name: "Line" }).click();
  const facts = await ask(page, "service.facts", { profile: "own" });
  expect(facts.key).toMatchObject({ from: "session", fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) });
  expect(JSON.stringify(facts)).not.toContain(KEY);
  expect(everythingIn(data)).not.toContain(KEY);
  expect(await page.content()).not.toContain(KEY);
});

test("a computer without a store for keys keeps one only for those who insist, and says so", async ({
  data,
  launch,
}) => {
  const { page } = await launch("--station-units=2", "--password-store=basic");
  await embeddedProfile(page, data);
  const facts = await ask(page, "service.facts", { profile: "own" });
  expect(facts.keeping).toBe("file");
  await expect(ask(page, "service.enter-key", { profile: "own", key: KEY, keep: "vault" })).rejects.toMatchObject({
    code: "vault.unprotected",
  });
  await openService(page);
  await page.locator("[data-profile=own]").click();
  await page.locator("[data-enter-key]").click();
  await page.locator("[data-key-field]").fill(KEY);
  await page.getByText("Keep it without protection").click();
  await expect(page.locator("[data-keep-key]")).toBeDisabled();
  await page.getByText("I accept that whoever can read the data folder can read the key").click();
  await page.locator("[data-keep-key]").click();
  await expect(page.locator("[data-key=vault]")).toContainText("Kept without protection");
  await expect(page.getByText("Whoever can read the station's data folder can read this key.")).toBeVisible();
  expect(everythingIn(data)).not.toContain(KEY);
});

test("training mode: the embedded service goes off for another profile and on again, and runs use what is on", async ({
  data,
  launch,
}) => {
  const { page } = await launch("--station-units=2");
  await embeddedProfile(page, data);
  await openService(page);
  await page.locator("[data-training='profile on']").getByRole("button", { name: "Switch off" }).click();
  await page.locator("[data-training='profile on']").getByRole("button", { name: "nRF Cloud" }).click();
  await expect(page.locator("[data-training='profile off']")).toBeVisible();
  await expect(page.getByRole("banner")).toContainText("nRF Cloud");
  await page.locator("[data-training='profile off']").getByRole("button", { name: "Switch on" }).click();
  await expect(page.locator("[data-training='profile on']")).toBeVisible();
  await gatherNews(page);
  await ask(page, "start", { serials: {}, again: true });
  await batchesEnded(page);
  expect(recordedRuns(data)).toMatchObject([1, 2].map(() => ({ outcome: "PASS", training: true })));
});

test("axe finds nothing on the screen, with a test and a key being entered, in both themes", async ({
  data,
  launch,
}) => {
  const { page } = await launch("--station-units=2");
  await embeddedProfile(page, data);
  await openService(page);
  await page.locator("[data-profile=own]").click();
  await runTest(page, "failed");
  await page.locator("[data-enter-key]").click();
  for (const theme of ["light", "dark"] as const) {
    await showTheme(page, theme);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    expect(violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(" ")}`))).toEqual(
      [],
    );
  }
});

/** Presses the rail's button until the theme is shown, its colours at rest. */
async function showTheme(page: Page, theme: "light" | "dark"): Promise<void> {
  const html = page.locator("html");
  const button = page.locator("[data-appearance=theme]");
  await expect(async () => {
    if ((await html.getAttribute("data-theme")) !== theme) await button.click();
    await expect(html).toHaveAttribute("data-theme", theme, { timeout: 500 });
  }).toPass();
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
}
