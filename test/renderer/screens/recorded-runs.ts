import { readFileSync } from "node:fs";
import { RunDetailSchema, type RunDetail } from "../../../src/contract/desktop-history.ts";

type Detail = NonNullable<RunDetail>;

/** Two runs as the station recorded them: a unit that passed and one whose modem could make no key. */
export function recordedRuns(): { readonly passed: Detail; readonly failed: Detail } {
  const text = readFileSync(new URL("../../fixtures/renderer/runs.json", import.meta.url), "utf8");
  const [passed, failed] = (JSON.parse(text) as unknown[]).map((run) => RunDetailSchema.parse(run));
  return { passed: passed!, failed: failed! };
}
