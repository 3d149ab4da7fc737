// Bundles the programs of the station (scripts/programs.ts), so that 64 workers start fast:
//   node scripts/build.ts [--if-stale]
import { bundle, isStale, outputsOf } from "./bundle.ts";
import { PROGRAMS } from "./programs.ts";

const SOURCES = ["{src,main}/**/*.ts", "package-lock.json", "scripts/{build,bundle,programs}.ts"];

if (!process.argv.includes("--if-stale") || isStale(outputsOf(PROGRAMS, "esm"), SOURCES)) await bundle(PROGRAMS, "esm");
