import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { StationError } from "../../core/error.ts";
import { fileError, readTextFile, type TextFile } from "./text-file.ts";

/** The largest file that another file may name. */
export const LARGEST_NAMED = 65_536;

/**
 * Reads a file that another one names, exactly as it is; it must lie in or below `folder`, symbolic links followed.
 * @throws StationError file.outside, file.missing, file.unreadable, file.too-large, file.not-text
 */
export async function readBeside(folder: string, path: string): Promise<TextFile> {
  return readTextFile(await placeBeside(folder, path), LARGEST_NAMED, "keep");
}

/**
 * Where a file that another one names lies: in or below `folder`, symbolic links followed.
 * @throws StationError file.outside, file.missing, file.unreadable
 */
export async function placeBeside(folder: string, path: string): Promise<string> {
  const [home, target] = await Promise.all([resolved(folder), resolved(join(folder, path))]);
  const way = relative(home, target);
  if (way === "" || way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new StationError("file.outside", "leads out of the folder", { named: path });
  return target;
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw fileError(error, path);
  }
}
