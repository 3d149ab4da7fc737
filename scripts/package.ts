// `npm run package`: packages the application with electron-builder; without arguments as a folder, which needs no network:
//   node scripts/package.ts [--for-tests] [targets of electron-builder]
// With --for-tests the package lands in dist/test-package and can be attached to (inspector fuse on).
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./bundle.ts";
import { requiredRuntime } from "./electron-runtime.ts";
import { fitSqlite } from "./fit-sqlite.ts";

const forTests = process.argv.includes("--for-tests");
const targets = process.argv.slice(2).filter((argument) => argument !== "--for-tests");
const runtime = requiredRuntime();
fitSqlite(runtime);

const tests = ["-c.electronFuses.enableNodeCliInspectArguments=true", "-c.directories.output=dist/test-package"];
const command = [
  fileURLToPath(import.meta.resolve("electron-builder/cli.js")),
  ...(targets.length > 0 ? targets : ["--dir"]),
  ...[`-c.electronDist=${runtime.dist}`, `-c.electronVersion=${runtime.version}`],
  ...(forTests ? tests : []),
];
const build = run(join(ROOT, "scripts", "build-desktop.ts"), ["--if-stale"]);
process.exitCode = build === 0 ? run(command[0] ?? "", command.slice(1)) : build;

function run(program: string, args: readonly string[]): number {
  const { status } = spawnSync(process.execPath, [program, ...args], { cwd: ROOT, stdio: "inherit" });
  return status ?? 1;
}
