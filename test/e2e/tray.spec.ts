import { join } from "node:path";
import { expect } from "@playwright/test";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { expectLooks, need, start, tile, times } from "./line-screen.ts";
import { ask, outcomes, recordedRuns, test } from "./station-app.ts";

test("a tray of 16 passes on the screen and in the audit database, which verifies", async ({ launch, data }) => {
  const { page } = await launch("--station-units=16");
  await expect(page.locator("[data-slot]")).toHaveCount(16);
  await start(page);
  await expectLooks(page, times(16, "pass"));
  await expect(page.getByText("16 of 16").first()).toBeVisible();

  expect(outcomes(data)).toEqual(times(16, "PASS"));
  expect(recordedRuns(data)[0]).toMatchObject({ training: true, release: "restored" });
  expect(new Set(recordedRuns(data).map(({ imei }) => imei)).size).toBe(16);
  // The batch is closed and the shift counted once its last run has ended.
  await expect
    .poll(() => ask(page, "snapshot", null))
    .toMatchObject({
      lastBatch: { units: 16, pass: 16 },
      shift: { counts: { runs: 16, pass: 16, units: 16, unitsPassedFirst: 16 } },
    });
  expect(await verifyFile(join(data, "audit.db"))).toMatchObject({ ok: true, runs: 16 });
});

test("one failing slot among passing ones says why and what to do; the record has its code", async ({
  launch,
  data,
}) => {
  const { page } = await launch("--station-units=4", "--station-fault=2=keygen-fail*9");
  await start(page);
  await expectLooks(page, ["pass", "fail", "pass", "pass"]);
  await expect(tile(page, "2")).toContainText("No key made");
  await expect(need(page, "The modem did not make its key.")).toContainText("Slot 2");
  await expect(page.getByText("3 of 4").first()).toBeVisible();

  const [failed] = recordedRuns(data).filter(({ slot }) => slot === "2");
  expect(failed).toMatchObject({ outcome: "FAIL", code: expect.stringContaining("key") });
  expect(outcomes(data).toSorted()).toEqual(["FAIL", "PASS", "PASS", "PASS"]);
});

test("new boards and another press provision the next tray; the old results stay until then", async ({
  launch,
  data,
}) => {
  const { page } = await launch("--station-units=2");
  await start(page);
  await expectLooks(page, times(2, "pass"));
  await page.getByRole("button", { name: "New boards" }).click();
  await expect(page.getByPlaceholder("New boards lie in the tray")).toBeVisible();
  await expectLooks(page, times(2, "pass"));
  await start(page);
  await expect.poll(() => outcomes(data), { timeout: 60_000 }).toEqual(times(4, "PASS"));
  await expectLooks(page, times(2, "pass"));
  expect(new Set(recordedRuns(data).map(({ uuid }) => uuid)).size).toBe(4);
});

test("the same unit in two slots is refused in one of them", async ({ launch, data }) => {
  const { page } = await launch("--station-units=3", "--station-latency=realistic", "--station-fault=2=duplicate");
  await start(page);
  await expect.poll(() => outcomes(data).toSorted(), { timeout: 90_000 }).toEqual(["ERROR", "PASS", "PASS"]);
  const bySlot = Object.fromEntries(recordedRuns(data).map(({ slot, outcome, code }) => [slot, { outcome, code }]));
  expect([bySlot["1"]?.outcome, bySlot["2"]?.outcome].toSorted()).toEqual(["ERROR", "PASS"]);
  expect(bySlot["3"]).toEqual({ outcome: "PASS", code: null });
  const refused = bySlot["1"]?.outcome === "ERROR" ? "1" : "2";
  expect(bySlot[refused]?.code).toBe("station.unit-in-other-slot");
  await expect(tile(page, refused)).toHaveAttribute("data-look", "error");
});
