// No training: boards on serial ports (pseudo-terminals) and a service of one's own, as a line has them.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { startService, type RunningService } from "../../src/service/start-service.ts";
import { expectLooks, need, start, tile } from "./line-screen.ts";
import { ptyTray, type PtyTray } from "./pty-tray.ts";
import { recordedRuns, test } from "./station-app.ts";

const KEY_VARIABLE = "E2E_OWNER_KEY";

/** A profile file for a service that listens on this computer. */
function profileFor(folder: string, { httpsPort, ownerPort, caFile }: RunningService): string {
  const file = join(folder, "profile.yaml");
  const profile = {
    ...{ profile: 1, name: "Line service", service: "nrf-cloud", transport: "https" },
    https: { host: "localhost", port: httpsPort, ca: caFile },
    owner: { base: `https://localhost:${ownerPort}/v1`, ca: caFile, keyEnv: KEY_VARIABLE },
  };
  writeFileSync(file, JSON.stringify(profile));
  return file;
}

test.describe("a real line", () => {
  const running: { tray?: PtyTray; service?: RunningService } = {};
  test.afterEach(async () => {
    await running.tray?.stop();
    await running.service?.stop();
    Reflect.deleteProperty(process.env, KEY_VARIABLE);
  });

  test("serial boards pass as production; a unit that passed before is refused", async ({ launch, data }) => {
    const service = join(data, "line-service");
    mkdirSync(service);
    running.service = await startService({ dir: service, httpsPort: 0, ownerPort: 0 });
    running.tray = await ptyTray(data, 2, "none");
    await running.tray.plugIn(1, 2);
    process.env[KEY_VARIABLE] = running.service.ownerKey.reveal();
    const { page } = await launch(
      `--station-fixture=${running.tray.fixture}`,
      `--station-profile=${profileFor(data, running.service)}`,
    );
    await expectLooks(page, ["ready", "ready"]);
    await expect(page.getByText("Production", { exact: true })).toBeVisible();
    await expect(page.getByText("TRAINING", { exact: true })).toHaveCount(0);
    await start(page);
    await expectLooks(page, ["pass", "pass"]);
    for (const run of recordedRuns(data)) expect(run).toMatchObject({ outcome: "PASS", training: false, again: false });

    await start(page);
    await expect(tile(page, "1")).toContainText("Passed before");
    await expect(need(page, "This unit has passed before.")).toBeVisible();
    await expect.poll(() => recordedRuns(data).length).toBe(4);
    await expect
      .poll(() =>
        recordedRuns(data)
          .slice(0, 2)
          .map(({ code }) => code),
      )
      .toEqual(["station.passed-before", "station.passed-before"]);
  });
});
