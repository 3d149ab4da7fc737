// Builds everything of the desktop application into dist/:
//   node scripts/build-desktop.ts [--if-stale]
import { join } from "node:path";
import { build } from "vite";
import { bundle, isStale, outputsOf, ROOT } from "./bundle.ts";
import { PROGRAMS } from "./programs.ts";

const PRELOAD = { preload: "main/preload.ts" };

const OUTPUTS = [...outputsOf(PROGRAMS, "esm"), ...outputsOf(PRELOAD, "cjs"), "renderer/index.html"];
const SOURCES = ["{src,main,scripts}/**/*.ts", "renderer/**/*.*", "vite.renderer.config.ts", "package-lock.json"];

if (!process.argv.includes("--if-stale") || isStale(OUTPUTS, SOURCES)) {
  await bundle(PROGRAMS, "esm");
  await bundle(PRELOAD, "cjs");
  await build({ configFile: join(ROOT, "vite.renderer.config.ts"), logLevel: "warn" });
}
