import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { StationError } from "../core/error.ts";

const OWNER_ONLY = 0o600;
const PUBLIC = 0o644;

/** The text of a file, or undefined when there is none. @throws StationError service.directory */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new StationError("service.directory", "a file of the service cannot be read", { path }, { cause });
  }
}

/**
 * Writes a whole file or nothing: beside it, synced, then renamed over it. Private files are readable by their owner only,
 * from the first byte on.
 * @throws StationError service.directory
 */
export function writeWhole(path: string, text: string, secrecy: "private" | "public"): void {
  const beside = `${path}.new`;
  try {
    rmSync(beside, { force: true });
    const file = openSync(beside, "wx", secrecy === "private" ? OWNER_ONLY : PUBLIC);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (cause) {
    throw new StationError("service.directory", "a file of the service cannot be written", { path }, { cause });
  }
}
