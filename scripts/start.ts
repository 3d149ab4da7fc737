// `npm start`: the desktop application out of dist/, in training mode unless its options say otherwise:
//   npm start -- --station-units=16 --station-data=DIR
import { spawnSync } from "node:child_process";
import { ROOT } from "./bundle.ts";
import { electronProgram, requiredRuntime } from "./electron-runtime.ts";
import { fitSqlite } from "./fit-sqlite.ts";

const runtime = requiredRuntime();
fitSqlite(runtime);
// Chromium's sandbox does not exist for root.
const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const args = [...asRoot, ROOT, ...process.argv.slice(2)];
const { status } = spawnSync(electronProgram(runtime.dist), args, { stdio: "inherit" });
process.exitCode = status ?? 1;
