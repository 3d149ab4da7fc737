import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RunDetailSchema, type RunDetail } from "../../../src/contract/desktop-history.ts";

type Detail = NonNullable<RunDetail>;

/** Two runs as the station recorded them: a unit that passed and one whose modem could make no key. */
export function recordedRuns(): { readonly passed: Detail; readonly failed: Detail } {
  const text = readFileSync(join(import.meta.dirname, "../../fixtures/renderer/runs.json"), "utf8");
  const [passed, failed] = (JSON.parse(text) as unknown[]).map((run) => RunDetailSchema.parse(run));
  return { passed: passed!, failed: failed! };
}
