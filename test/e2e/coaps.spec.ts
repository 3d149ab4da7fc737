// Provisioning over CoAP and DTLS on the packaged application, inside Electron's own cryptography.
import { expect } from "@playwright/test";
import { ask, batchesEnded, gatherNews, recordedRuns, test } from "./station-app.ts";

test("units are provisioned over CoAP once the training mode is switched to it", async ({ data, launch }) => {
  const { page } = await launch("--station-units=4");
  await page.getByRole("link", { name: "Service" }).click();
  expect(await ask(page, "service.embedded", null)).not.toHaveProperty("coapsPort");
  await expect(page.getByText("UDP port")).toHaveCount(0);
  await page.getByLabel("Units use CoAP instead of HTTPS").check();
  await expect(page.getByRole("banner")).toContainText("CoAP");
  await expect(page.getByText("UDP port")).toBeVisible();

  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByText("Every step passed", { exact: false })).toBeVisible();

  await page.getByRole("link", { name: "Line" }).click();
  await gatherNews(page);
  await page.keyboard.press("Control+Enter");
  await batchesEnded(page);
  await expect(page.getByRole("button", { name: /^Slot \d, PASS/ })).toHaveCount(4);
  expect(recordedRuns(data)).toMatchObject([1, 2, 3, 4].map(() => ({ outcome: "PASS", training: true })));
});
