import { expect } from "@playwright/test";
import { expectLooks, inMidRun, start, tile } from "./line-screen.ts";
import { recordedRuns, test } from "./station-app.ts";

test("a killed worker takes one slot with it: ERROR there, PASS everywhere else, and the slot works again", async ({
  launch,
  data,
}) => {
  const { app, page } = await launch("--station-units=4", "--station-latency=realistic");
  await start(page);
  await inMidRun(page, 4);
  const pid = await app.evaluate(
    ({ app: electron }) =>
      electron.getAppMetrics().find(({ serviceName, name }) => [serviceName, name].includes("slot 3"))?.pid,
  );
  expect(pid).toBeGreaterThan(1);
  process.kill(pid ?? Number.NaN, "SIGKILL");
  await expectLooks(page, ["pass", "pass", "error", "pass"]);
  await expect(tile(page, "3")).toContainText("Station fault");
  const bySlot = Object.fromEntries(recordedRuns(data).map(({ slot, outcome, code }) => [slot, [outcome, code]]));
  const [passed, died] = [
    ["PASS", null],
    ["ERROR", "station.worker-died"],
  ];
  expect(bySlot).toEqual({ "1": passed, "2": passed, "3": died, "4": passed });

  await page.getByRole("button", { name: "Retry slot 3" }).click();
  await expectLooks(page, ["pass", "pass", "pass", "pass"]);
  expect(recordedRuns(data)[0]).toMatchObject({ slot: "3", outcome: "PASS" });
});
