// Bundles the programs that start as processes of their own into one file each, so that 64 of them start fast:
//   node scripts/build.ts [--if-stale]
import { bundle, isStale, outputsOf } from "./bundle.ts";

const ENTRIES = {
  worker: "src/worker/main.ts",
  "history-thread": "src/audit/history-thread-entry.ts",
};

const SOURCES = ["src/**/*.ts", "package-lock.json", "scripts/build.ts", "scripts/bundle.ts"];

if (!process.argv.includes("--if-stale") || isStale(outputsOf(ENTRIES, "esm"), SOURCES)) await bundle(ENTRIES, "esm");
