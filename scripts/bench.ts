// `npm run bench`: measures the station and prints ratios.
//   npm run bench                                   line and codec (`station bench`)
//   npm run bench -- ui [--slots=64] [--batches=20] [--latency=none,realistic] [--json]
// `ui` drives the desktop application; under Linux without a display it makes one.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { StationError } from "../src/core/error.ts";
import { ROOT } from "./bundle.ts";
import { electronProgram, requiredRuntime } from "./electron-runtime.ts";
import { fitSqlite } from "./fit-sqlite.ts";
import { ensureDisplay } from "./test-programs.ts";
import type { Latency } from "./ui-bench/application.ts";
import { measureUi, type UiFigures } from "./ui-bench/measure.ts";
import { uiReport } from "./ui-bench/report.ts";

const XVFB = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"];
const LATENCIES: ReadonlySet<string> = new Set<Latency>(["none", "realistic"]);

const own = process.argv.slice(2);
process.exitCode = own[0] === "ui" ? await ui(own.slice(1)) : node(["src/cli/station.ts", "bench", ...own]);

async function ui(args: readonly string[]): Promise<number> {
  const { slots, batches, latencies, json } = read(args);
  const runtime = requiredRuntime();
  ensureDisplay(electronProgram(runtime.dist));
  if (process.platform === "linux" && process.env["DISPLAY"] === undefined)
    return run([...XVFB, process.execPath, ...process.argv.slice(1)]);
  if (node([join(ROOT, "scripts", "build-desktop.ts"), "--if-stale"]) !== 0) return 1;
  fitSqlite(runtime);
  const all: UiFigures[] = [];
  for (const latency of latencies) {
    const figures = await measureUi(runtime, { slots, latency }, batches, (line) => console.error(line));
    all.push(figures);
    if (!json) console.log(uiReport(figures));
  }
  if (json) console.log(JSON.stringify({ ui: all }));
  return 0;
}

function read(args: readonly string[]) {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      slots: { ...text, default: "64" },
      batches: { ...text, default: "20" },
      latency: { ...text, default: "none,realistic" },
      json: { type: "boolean", default: false },
    },
  });
  const latencies = values.latency.split(",").filter((name): name is Latency => LATENCIES.has(name));
  if (latencies.length === 0)
    throw new StationError("usage.option", "--latency must be none, realistic, or both with a comma");
  return {
    slots: within("slots", values.slots, 128),
    batches: within("batches", values.batches, 1000),
    latencies,
    json: values.json,
  };
}

function within(name: string, text: string, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new StationError("usage.option", `--${name} must be a whole number from 1 to ${most}`);
}

function node(args: readonly string[]): number {
  return run([process.execPath, ...args]);
}

function run([program = "", ...args]: readonly string[]): number {
  return spawnSync(program, args, { cwd: ROOT, stdio: "inherit" }).status ?? 1;
}
