// `npm test`: everything that must hold, in the order in which it fails fastest. Ends with one line `N passed, N failed`:
// each check below counts as one; vitest and Playwright add their own tests.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePrograms } from "./test-programs.ts";

const ROOT = join(import.meta.dirname, "..");

const CHECKS = [
  ["build", "node", "scripts/build-desktop.ts"],
  ["format", "prettier", "--check", "--log-level", "warn", "."],
  ["types", "npm", "run", "--silent", "typecheck"],
  ["lint", "eslint", ".", "--max-warnings", "0"],
  ["imports", "npm", "run", "--silent", "imports"],
  ["dead code", "knip"],
  ["electronegativity", "node", "scripts/electronegativity.ts"],
] as const;

type Tally = { readonly passed: number; readonly failed: number };

ensurePrograms();
const tallies = [...CHECKS.map(([name, ...command]) => check(name, command)), specs(), windowSpecs()];
const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function check(name: string, command: readonly string[]): Tally {
  const ok = run(command);
  console.log(`${ok ? "ok    " : "FAILED"} ${name}`);
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function specs(): Tally {
  const folder = mkdtempSync(join(tmpdir(), "station-test-"));
  const report = join(folder, "vitest.json");
  try {
    const ok = run(["vitest", "run", "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`]);
    const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(report, "utf8")) as VitestReport;
    const failed = numTotalTests - numPassedTests;
    // A spec file that does not load, or an error outside any test, fails the run without failing a test.
    return { passed: numPassedTests, failed: ok ? failed : Math.max(1, failed) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The packaged application, driven as an operator does. */
function windowSpecs(): Tally {
  const report = join(ROOT, "dist", "test-results", "e2e.json");
  rmSync(report, { force: true });
  const ok = run(["node", "scripts/test-e2e.ts"]);
  // Without a report there was no package or no Electron: what was printed above says why.
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { stats } = JSON.parse(readFileSync(report, "utf8")) as PlaywrightReport;
  const failed = stats.unexpected + stats.skipped + stats.flaky;
  return { passed: stats.expected, failed: ok ? failed : Math.max(1, failed) };
}

type PlaywrightReport = {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly skipped: number;
    readonly flaky: number;
  };
};

type VitestReport = { readonly numPassedTests: number; readonly numTotalTests: number };

function run(command: readonly string[]): boolean {
  const [program = "", ...args] = command;
  const path = [join(ROOT, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(
    process.platform === "win32" ? ";" : ":",
  );
  const { status } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PATH: path, NO_COLOR: "1" },
    shell: process.platform === "win32",
  });
  return status === 0;
}
