import { expect } from "@playwright/test";
import { expectLooks, inMidRun, need, start, tiles, times } from "./line-screen.ts";
import { outcomes, recordedRuns, test } from "./station-app.ts";

test("Stop, held in mid-batch, ends every run as ABORTED with its modem released; the next batch passes", async ({
  launch,
  data,
}) => {
  const { page } = await launch("--station-units=4", "--station-latency=realistic");
  await start(page);
  await inMidRun(page, 4);
  const stop = page.getByRole("button", { name: /^Stop batch/u });
  // A mere press is not enough.
  await stop.click();
  await expect(tiles(page, "running")).toHaveCount(4);
  await stop.hover();
  await page.mouse.down();
  await expectLooks(page, times(4, "aborted"));
  await page.mouse.up();
  await expect(need(page, "The batch was stopped before the end.")).toBeVisible();
  expect(outcomes(data)).toEqual(times(4, "ABORTED"));
  const released = recordedRuns(data).map(({ release }) => release);
  expect(released.filter((release) => release !== "restored" && release !== "untouched")).toEqual([]);

  await start(page);
  await expectLooks(page, times(4, "pass"));
  expect(outcomes(data).slice(0, 4)).toEqual(times(4, "PASS"));
});

test("the key for Stop does the same", async ({ launch, data }) => {
  const { page } = await launch("--station-units=2", "--station-latency=realistic");
  await page.keyboard.press("Control+Enter");
  await inMidRun(page, 2);
  await page.keyboard.down("Escape");
  await expectLooks(page, times(2, "aborted"));
  await page.keyboard.up("Escape");
  expect(outcomes(data)).toEqual(times(2, "ABORTED"));
});
