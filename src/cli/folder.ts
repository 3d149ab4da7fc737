import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StationError } from "../core/error.ts";

/**
 * Makes a folder with those above it; it may be there already.
 * @throws StationError cli.folder
 */
export async function ensureFolder(folder: string): Promise<void> {
  await attempt(folder, () => mkdir(folder, { recursive: true }));
}

/**
 * Writes a JSON file that people may read and change.
 * @throws StationError cli.folder
 */
export async function writeJson(folder: string, name: string, value: unknown): Promise<void> {
  await attempt(folder, () => writeFile(join(folder, name), `${JSON.stringify(value, undefined, 2)}\n`));
}

async function attempt(folder: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new StationError("cli.folder", "the folder cannot be made or written", { folder, reason }, { cause });
  }
}
