// `npm start`: the desktop application out of dist/, in training mode unless its options say otherwise:
//   npm start -- --station-units=16 --station-data=DIR
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./bundle.ts";
import { electronProgram, electronRuntime } from "./electron-runtime.ts";

const { dist, sqlite } = electronRuntime();
if (sqlite !== undefined) {
  // This addon runs on the Node of the command line and the tests as well.
  const folder = join(ROOT, "node_modules", "better-sqlite3", "build", "Release");
  mkdirSync(folder, { recursive: true });
  cpSync(sqlite, join(folder, "better_sqlite3.node"));
}
const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const { status } = spawnSync(electronProgram(dist), [...asRoot, ROOT, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;
