import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { expectLooks, inMidRun, need, start, tiles, times } from "./line-screen.ts";
import {
  environment,
  outcomes,
  PACKAGE,
  programArguments,
  recordedRuns,
  test,
  type StationApp,
} from "./station-app.ts";

/** What the system's next message boxes answer; tells how many have answered it. */
async function answerBoxes({ app }: StationApp, response: number): Promise<() => Promise<number>> {
  const answers = await app.evaluateHandle(({ dialog }, button) => {
    const count = { answered: 0 };
    dialog.showMessageBox = () => {
      count.answered += 1;
      return Promise.resolve({ response: button, checkboxChecked: false });
    };
    return count;
  }, response);
  return () => answers.evaluate(({ answered }) => answered);
}

async function closeWindow({ app }: StationApp): Promise<void> {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
}

test("closing while runs are active is refused, then forced: the runs end as ABORTED and the record is closed", async ({
  launch,
  data,
}) => {
  const station = await launch("--station-units=4", "--station-latency=realistic");
  await start(station.page);
  await inMidRun(station.page, 4);
  const refusals = await answerBoxes(station, 0);
  await closeWindow(station);
  await expect.poll(refusals).toBe(1);
  await expect(tiles(station.page, "running")).toHaveCount(4);

  await answerBoxes(station, 1);
  const gone = station.app.waitForEvent("close", { timeout: 60_000 });
  await closeWindow(station);
  await gone;
  expect(outcomes(data)).toEqual(times(4, "ABORTED"));
  expect(recordedRuns(data).every(({ code }) => code === "station.closing")).toBe(true);
  expect(await verifyFile(join(data, "audit.db"))).toMatchObject({ ok: true, headFile: "present" });
});

test("a system that ends the application is obeyed in order", async ({ launch, data }) => {
  const { app, page } = await launch("--station-units=2", "--station-latency=realistic");
  await start(page);
  await inMidRun(page, 2);
  const gone = app.waitForEvent("close", { timeout: 60_000 });
  app.process().kill("SIGTERM");
  await gone;
  expect(outcomes(data)).toEqual(times(2, "ABORTED"));
});

test("after kill -9 the next start shows what was interrupted, and those units pass again", async ({
  launch,
  data,
}) => {
  const first = await launch("--station-units=2", "--station-latency=realistic");
  await start(first.page);
  await inMidRun(first.page, 2);
  // Behind the claim: a station that is killed in the middle of one says something else of it.
  await expect(first.page.locator("[data-slot] .word", { hasText: "Provision" })).toHaveCount(2);
  await first.kill();

  const { page } = await launch("--station-units=2");
  await expectLooks(page, times(2, "aborted"));
  await expect(need(page, "The station stopped during the run.")).toBeVisible();
  expect(recordedRuns(data).map(({ outcome, code }) => [outcome, code])).toEqual(
    times(2, ["ABORTED", "run.interrupted"]),
  );
  await start(page);
  await expectLooks(page, times(2, "pass"));
  expect(await verifyFile(join(data, "audit.db"))).toMatchObject({ ok: true, runs: 4 });
});

test("a second start on the same data shows the first one's window and ends", async ({ launch, data, display }) => {
  const { app } = await launch("--station-units=1");
  const second = spawn(PACKAGE, programArguments(data), { env: environment(display) });
  await once(second, "exit");
  expect(second.exitCode).toBe(0);
  expect(app.windows()).toHaveLength(1);
});
