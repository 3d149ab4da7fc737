// `npm run test:long`: the whole fault matrix, the seeded long run and the fuzz targets, which `npm test` carries out in part.
//   npm run test:long
//   npm run test:long -- --runs=500 --seed=7      a shorter long run, or another one
//   npm run test:long -- --fuzz=5000              fewer inputs for each fuzz target (docs/fuzzing.md)
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { StationError } from "../src/core/error.ts";
import { ROOT } from "./bundle.ts";

const SPECS = [
  "test/faults/fault-matrix.spec.ts",
  "test/faults/long-run.spec.ts",
  "test/line/drain/drain-faults.spec.ts",
  "test/line/units/cluster.spec.ts",
  "test/collect/factory.spec.ts",
  "test/fuzz/",
];
/** Longest that each property of a fuzz target may take, in seconds. */
const FUZZ_SECONDS = "120";
const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    runs: { ...text, default: "5000" },
    seed: { ...text, default: "6" },
    fuzz: { ...text, default: "100000" },
  },
});
const env = {
  ...process.env,
  STATION_TEST: "long",
  STATION_RUNS: wholeNumber("runs", values.runs),
  STATION_SEED: wholeNumber("seed", values.seed),
  FUZZ_RUNS: wholeNumber("fuzz", values.fuzz),
  FUZZ_SECONDS: process.env["FUZZ_SECONDS"] ?? FUZZ_SECONDS,
};
// One file after the other: each fills the computer by itself, and workers that starve for seconds count as hung.
const alone = "--no-file-parallelism";
const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", alone, ...SPECS], { cwd: ROOT, stdio: "inherit", env });
process.exitCode = status ?? 1;

function wholeNumber(name: string, given: string): string {
  if (/^[1-9][0-9]{0,6}$/.test(given)) return given;
  throw new StationError("usage.option", `--${name} must be a whole number from 1 on`);
}
