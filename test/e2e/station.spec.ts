import { join } from "node:path";
import { expect } from "@playwright/test";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { ask, batchesEnded, gatherNews, recordedRuns, test, type StationApp } from "./station-app.ts";

const START = { serials: {}, again: false };

/** What the system's next message boxes answer. */
async function answerBoxes({ app }: StationApp, response: number): Promise<void> {
  await app.evaluate(({ dialog }, button) => {
    dialog.showMessageBox = () => Promise.resolve({ response: button, checkboxChecked: false });
  }, response);
}

async function closeWindow({ app }: StationApp): Promise<void> {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
}

const outcomes = (data: string) => recordedRuns(data).map(({ outcome }) => outcome);

test("a tray of 16 passes on the screen and in the audit database, which verifies", async ({ launch, data }) => {
  const { page } = await launch("--station-units=16");
  await gatherNews(page);
  await ask(page, "settings.write", { operator: "Ana" });
  await ask(page, "start", START);
  await batchesEnded(page);

  const { slots, shift, lastBatch } = await ask(page, "snapshot", null);
  expect(slots.map((state) => (state.kind === "finished" ? state.outcome : state.kind))).toEqual(
    Array.from({ length: 16 }, () => "PASS"),
  );
  expect(lastBatch).toMatchObject({ units: 16, pass: 16 });
  expect(shift.counts).toMatchObject({ runs: 16, pass: 16, units: 16, unitsPassedFirst: 16 });
  expect(outcomes(data)).toEqual(Array.from({ length: 16 }, () => "PASS"));
  expect(recordedRuns(data)[0]).toMatchObject({ operator: "Ana", training: true, release: "restored" });
  expect(await verifyFile(join(data, "audit.db"))).toMatchObject({ ok: true, runs: 16 });
});

test("a failing slot fails alone, with its code in the record and its advice on the wire", async ({ launch, data }) => {
  const { page } = await launch("--station-units=4", "--station-fault=2=keygen-fail*9");
  await gatherNews(page);
  await ask(page, "start", START);
  await batchesEnded(page);

  expect(
    recordedRuns(data)
      .map(({ slot, outcome }) => `${slot} ${outcome ?? ""}`)
      .toSorted(),
  ).toEqual(["1 PASS", "2 FAIL", "3 PASS", "4 PASS"]);
  const { slots } = await ask(page, "snapshot", null);
  expect(slots[1]).toMatchObject({ kind: "finished", outcome: "FAIL", error: { advice: /\w+/u } });
});

test("stop in mid-batch ends every run as ABORTED with its modem released", async ({ launch, data }) => {
  const { page } = await launch("--station-units=4", "--station-latency=realistic");
  await gatherNews(page);
  await ask(page, "start", START);
  await page.waitForFunction(() =>
    window.gathered?.some((n) => n.kind === "run" && n.event.type === "unit.identified"),
  );
  await ask(page, "abort", { slot: "all" });
  await batchesEnded(page);
  expect(outcomes(data)).toEqual(["ABORTED", "ABORTED", "ABORTED", "ABORTED"]);
  expect(recordedRuns(data).every(({ release }) => release === "restored" || release === "untouched")).toBe(true);
});

test("a window reloaded in mid-run has the state back within a second and loses nothing", async ({ launch, data }) => {
  const { page } = await launch("--station-units=4", "--station-latency=realistic");
  await ask(page, "start", START);
  const before = Date.now();
  await page.reload();
  const snapshot = await ask(page, "snapshot", null);
  expect(Date.now() - before).toBeLessThan(3000);
  expect(snapshot.batches).toHaveLength(1);
  expect(snapshot.slots.every(({ kind }) => kind === "running")).toBe(true);
  await expect.poll(async () => (await ask(page, "snapshot", null)).batches.length, { timeout: 60_000 }).toBe(0);
  expect(outcomes(data)).toEqual(["PASS", "PASS", "PASS", "PASS"]);
});

test("a page whose process is killed comes back by itself while the runs go on", async ({ launch, data }) => {
  const { app, page } = await launch("--station-units=2", "--station-latency=realistic");
  await ask(page, "start", START);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  await expect.poll(() => outcomes(data), { timeout: 60_000 }).toEqual(["PASS", "PASS"]);
  const crashed = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.isCrashed());
  expect(crashed).toBe(false);
});

test("a killed worker takes one slot with it: ERROR there, PASS everywhere else", async ({ launch, data }) => {
  const { app, page } = await launch("--station-units=4", "--station-latency=realistic");
  await gatherNews(page);
  await ask(page, "start", START);
  await page.waitForFunction(() =>
    window.gathered?.some((n) => n.kind === "run" && n.event.slot === "3" && n.event.type === "unit.identified"),
  );
  const pid = await app.evaluate(
    ({ app: electron }) =>
      electron.getAppMetrics().find(({ serviceName, name }) => [serviceName, name].includes("slot 3"))?.pid,
  );
  expect(pid).toBeDefined();
  process.kill(pid ?? 0, "SIGKILL");
  await batchesEnded(page);
  const bySlot = Object.fromEntries(recordedRuns(data).map(({ slot, outcome, code }) => [slot, [outcome, code]]));
  expect(bySlot["3"]).toEqual(["ERROR", "station.worker-died"]);
  expect([bySlot["1"], bySlot["2"], bySlot["4"]]).toEqual([
    ["PASS", null],
    ["PASS", null],
    ["PASS", null],
  ]);
});

test("closing while runs are active is refused, then forced: the runs end as ABORTED and the record is closed", async ({
  launch,
  data,
}) => {
  const station = await launch("--station-units=4", "--station-latency=realistic");
  await ask(station.page, "start", START);
  await answerBoxes(station, 0);
  await closeWindow(station);
  expect((await ask(station.page, "snapshot", null)).batches).toHaveLength(1);

  await answerBoxes(station, 1);
  const gone = station.app.waitForEvent("close", { timeout: 60_000 });
  await closeWindow(station);
  await gone;
  expect(outcomes(data)).toEqual(["ABORTED", "ABORTED", "ABORTED", "ABORTED"]);
  expect(recordedRuns(data).every(({ code }) => code === "station.closing")).toBe(true);
  expect(await verifyFile(join(data, "audit.db"))).toMatchObject({ ok: true, headFile: "present" });
});

test("a system that ends the application is obeyed in order", async ({ launch, data }) => {
  const { app, page } = await launch("--station-units=2", "--station-latency=realistic");
  await ask(page, "start", START);
  const gone = app.waitForEvent("close", { timeout: 60_000 });
  app.process().kill("SIGTERM");
  await gone;
  expect(outcomes(data)).toEqual(["ABORTED", "ABORTED"]);
});

test("after kill -9 the next start shows what was interrupted", async ({ launch, data }) => {
  const first = await launch("--station-units=2", "--station-latency=realistic");
  await gatherNews(first.page);
  await ask(first.page, "start", START);
  await first.page.waitForFunction(() =>
    window.gathered?.some((n) => n.kind === "run" && n.event.type === "command.announced"),
  );
  await first.kill();

  const second = await launch("--station-units=2");
  const { slots } = await ask(second.page, "snapshot", null);
  expect(slots.map((state) => (state.kind === "finished" ? state.outcome : state.kind))).toEqual([
    "ABORTED",
    "ABORTED",
  ]);
  expect(outcomes(data)).toEqual(["ABORTED", "ABORTED"]);
});

test("new boards in the training tray pass a second batch; the old ones would be refused", async ({ launch, data }) => {
  const { page } = await launch("--station-units=2");
  await gatherNews(page);
  await ask(page, "start", START);
  await batchesEnded(page, 1);
  await ask(page, "start", START);
  await batchesEnded(page, 2);
  await ask(page, "training.renew", null);
  await ask(page, "start", START);
  await batchesEnded(page, 3);
  const [newest, second, oldest] = [0, 2, 4].map((from) => recordedRuns(data).slice(from, from + 2));
  expect(oldest?.map(({ outcome }) => outcome)).toEqual(["PASS", "PASS"]);
  expect(second?.map(({ code }) => code)).toEqual(["station.passed-before", "station.passed-before"]);
  expect(newest?.map(({ outcome }) => outcome)).toEqual(["PASS", "PASS"]);
});

test("an export goes where the system's dialog says and verifies; one that is not wanted is not made", async ({
  launch,
  data,
}) => {
  const { app, page } = await launch("--station-units=2");
  await gatherNews(page);
  await ask(page, "start", START);
  await batchesEnded(page);
  const out = join(data, "runs.csv");
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, out);
  expect(await ask(page, "history.export", { format: "csv", filter: {}, job: "e1" })).toMatchObject({
    kind: "saved",
    file: out,
    rows: 2,
  });
  expect(await verifyFile(out)).toMatchObject({ ok: true, rows: 2, signature: "export" });
  await app.evaluate(({ dialog }) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: true, filePath: "" });
  });
  expect(await ask(page, "history.export", { format: "csv", filter: {} })).toEqual({ kind: "cancelled" });
  expect(await ask(page, "history.verify", { what: "record" })).toMatchObject({
    kind: "verdict",
    verdict: { ok: true },
  });
});
