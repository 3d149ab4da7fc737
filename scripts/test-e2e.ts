// `npm run test:e2e`: the packaged application as an operator uses it, under Xvfb where there is no display.
//   node scripts/test-e2e.ts [--no-package] [arguments of playwright test]
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./bundle.ts";
import { ensureDisplay } from "./test-programs.ts";

const PROGRAM = join(ROOT, "dist", "test-package", "linux-unpacked", "provisioning-station");
const CONFIG = join(ROOT, "test", "e2e", "playwright.config.ts");

const own = process.argv.slice(2);
const wanted = own.filter((argument) => argument !== "--no-package");
const packaged = own.includes("--no-package") || node([join(ROOT, "scripts", "package.ts"), "--for-tests"]) === 0;
process.exitCode = packaged ? specs() : 1;

function specs(): number {
  const cli = fileURLToPath(import.meta.resolve("@playwright/test/cli"));
  const config = wanted.includes("--config") ? [] : ["--config", CONFIG];
  // Without a display each of Playwright's workers makes its own.
  ensureDisplay(PROGRAM);
  return node([cli, "test", ...config, ...wanted]);
}

function node(args: readonly string[]): number {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" }).status ?? 1;
}
