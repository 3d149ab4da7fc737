import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { expectLooks, start, tile } from "./line-screen.ts";
import { recordedRuns, test } from "./station-app.ts";

const TRAINING = join(import.meta.dirname, "../../resources/recipes/training");
/** The pitches of the two sounds of a scan. */
const [TAKEN, REFUSED] = [1320, 294];

/** A copy of the training recipe that wants each board's label. */
function recipeWithSerials(data: string): string {
  const folder = join(data, "recipe");
  cpSync(TRAINING, folder, { recursive: true });
  const file = join(folder, "recipe.yaml");
  writeFileSync(file, `${readFileSync(file, "utf8")}\nboardSerial: { pattern: "7Q4[0-9A-F]{3}" }\n`);
  return file;
}

/** Keeps the pitch of every sound that the page makes. */
async function listen(page: Page): Promise<() => Promise<readonly number[]>> {
  await page.evaluate(() => {
    const heard: number[] = [];
    const Silent = window.OscillatorNode;
    window.OscillatorNode = class extends Silent {
      constructor(context: BaseAudioContext, options?: OscillatorOptions) {
        super(context, options);
        heard.push(options?.frequency ?? 0);
      }
    };
    (window as { heard?: number[] }).heard = heard;
  });
  return () => page.evaluate(() => (window as { heard?: number[] }).heard ?? []);
}

/** What a keyboard-wedge scanner does: all keys at once, then Enter, wherever the focus is. */
async function scan(page: Page, text: string): Promise<void> {
  await Promise.all(Array.from(text, (key) => page.keyboard.press(key)));
  await page.keyboard.press("Enter");
}

test("scans fill the tray slot by slot; wrong and repeated labels are refused with a sound", async ({
  launch,
  data,
}) => {
  const { page } = await launch("--station-units=3", `--station-recipe=${recipeWithSerials(data)}`);
  const heard = await listen(page);
  await expectLooks(page, ["scan", "scan", "scan"]);
  await expect(page.getByRole("button", { name: /^Start batch/u })).toBeDisabled();

  await scan(page, "7Q4E60");
  await expectLooks(page, ["ready", "scan", "scan"]);
  expect(await heard()).toEqual([TAKEN]);

  await scan(page, "8X0000");
  await expect(page.getByRole("alert").filter({ hasText: "8X0000 is not a serial of this product" })).toHaveCount(1);
  expect(await heard()).toEqual([TAKEN, REFUSED, REFUSED]);

  await scan(page, "7Q4E60");
  await expect(page.getByRole("alert").filter({ hasText: "7Q4E60 is already in slot 1" })).toHaveCount(1);
  await expectLooks(page, ["ready", "scan", "scan"]);

  // The scanner's keys find their way from anywhere on the screen.
  await tile(page, "1").focus();
  await scan(page, "7Q4E63");
  await expectLooks(page, ["ready", "ready", "scan"]);
  await page.getByRole("button", { name: "Skip slot" }).click();
  await expectLooks(page, ["ready", "ready", "empty"]);

  await start(page);
  await expectLooks(page, ["pass", "pass", "empty"]);
  const recorded = recordedRuns(data).map(({ slot, boardSerial, outcome }) => [slot, boardSerial, outcome]);
  expect(recorded.toSorted()).toEqual([
    ["1", "7Q4E60", "PASS"],
    ["2", "7Q4E63", "PASS"],
  ]);

  await scan(page, "7Q4E63");
  await expect(page.getByRole("alert").filter({ hasText: "7Q4E63 has passed in slot 2" })).toHaveCount(1);
  expect(recordedRuns(data)).toHaveLength(2);
});
