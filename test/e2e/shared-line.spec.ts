import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { seconds } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { connectLine } from "../../src/line/connect-line.ts";
import { setUpLine } from "../../src/line/set-up.ts";
import { runCollector } from "../collect/collector-rig.ts";
import { NatsServer } from "../fakes/line/nats-server.ts";
import { lineSettings } from "../fakes/line/test-line.ts";
import { expectLooks, start, times } from "./line-screen.ts";
import { ask, recordedRuns, test, type StationApp } from "./station-app.ts";

/** What the system's next open dialog answers. */
async function answerOpenDialog({ app }: StationApp, filePath: string): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, filePath);
}

const strip = (page: Page) => page.locator("[data-line]");

test("a station joins its line, goes on while the line is away, and shows the whole line's runs", async ({
  launch,
  data,
}) => {
  const server = await NatsServer.start();
  const line = connectLine(lineSettings([server.url]), { clock: realClock });
  try {
    await setUpLine(await line.reach(seconds(10)), { replicas: 1, lease: seconds(30) });
    const file = join(data, "line.yaml");
    const text = `schema: 1\nname: Line 3\nstation: { name: bench-1 }\nservers: ["${server.url}"]\n`;
    writeFileSync(file, text);

    const first = await launch("--station-units=4", "--station-latency=none");
    await start(first.page);
    await expectLooks(first.page, times(4, "pass"));
    await expect(strip(first.page)).toHaveCount(0);
    await answerOpenDialog(first, file);
    await first.page.getByRole("link", { name: "Settings" }).click();
    await first.page.locator("[data-choose-line]").click();
    await expect(first.page.getByText("It counts from the next start of the station.")).toBeVisible();
    await first.kill();

    const second = await launch("--station-units=4", "--station-latency=none");
    const { page } = second;
    await expect(strip(page)).toContainText("Everything is sent", { timeout: 30_000 });
    await expect(strip(page)).toContainText("Line 3");

    // Training units are not claimed: the tray runs whether or not the line is there.
    await server.kill();
    await expect(strip(page)).toHaveAttribute("data-line", "away", { timeout: 30_000 });
    await start(page);
    await expectLooks(page, times(4, "pass"));
    await expect(strip(page)).toContainText(/[0-9]+ records wait/u);
    await server.restart();
    await expect(strip(page)).toContainText("Everything is sent", { timeout: 60_000 });

    const central = join(data, "central.db");
    const collector = runCollector({ kind: "sqlite", file: central }, line);
    const { waiting } = (await ask(page, "snapshot", null)).sharedLine ?? {};
    expect(waiting).toBe(0);
    await page.getByRole("link", { name: "Settings" }).click();
    await expect(page.locator("[data-line-state]")).toContainText("Reached");
    // A database that nothing was collected into yet is refused: it is tried until the collector has made it.
    await expect
      .poll(
        () =>
          ask(page, "line.keep-database", { address: central, keep: "unprotected" }).then(
            () => true,
            () => false,
          ),
        {
          timeout: 60_000,
        },
      )
      .toBe(true);
    await expect
      .poll(async () => (await ask(page, "history.counts", { filter: {}, source: "line" })).runs, { timeout: 60_000 })
      .toBe(recordedRuns(data).length);

    await page.getByRole("link", { name: "History" }).click();
    await page.getByRole("button", { name: "Whole line" }).click();
    await expect(page.getByRole("columnheader", { name: "Station" })).toBeVisible();
    await expect(page.getByRole("gridcell", { name: "bench-1" }).first()).toBeVisible();
    const out = join(data, "line.csv");
    await second.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, out);
    await page.getByRole("button", { name: /^Export 8 rows/u }).click();
    await page.getByRole("button", { name: /^CSV/u }).click();
    await expect(page.getByText("8 rows exported.")).toBeVisible();
    const [header, ...rows] = readFileSync(out, "utf8").trimEnd().split("\r\n");
    expect(header).toMatch(/,station_name$/u);
    expect(rows.filter((row) => row.endsWith(",bench-1"))).toHaveLength(recordedRuns(data).length);
    await page.getByRole("gridcell", { name: "bench-1" }).first().click();
    await expect(page.getByText(/^bench-1 · /u)).toBeVisible();

    await page.getByRole("link", { name: "Report" }).click();
    await page.getByRole("button", { name: "Whole line" }).click();
    await expect(page.getByText(/^8 training runs · .* · 1 station · /u)).toBeVisible();
    await expect(page.locator("[data-shared-failures]")).toContainText("Nothing failed on more than one station.");
    await collector.stop();
  } finally {
    await line.close();
    await server.stop();
  }
});
