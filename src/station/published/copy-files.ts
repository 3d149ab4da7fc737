import { createHash, randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, realpath, rename, rm } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { syncFolder, writeSynced } from "../../audit/durable-file.ts";
import type { PublishedFile } from "../../contract/line-publication.ts";
import { StationError } from "../../core/error.ts";
import { readBytes } from "../files/text-file.ts";

/** Begins the names of what is being written or taken away. */
const UNFINISHED = ".unfinished-";
/** Recipes may say how units are protected: only the station's user reads them. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Puts a folder with these files in the place of what stands there, so that after a power cut it is there whole or not at all.
 * @param files bytes by path, with forward slashes
 * @throws the file system's error
 */
export async function writeTree(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true, mode: FOLDER_MODE });
  const staged = stagedIn(parent);
  const folders = new Set([staged]);
  try {
    await mkdir(staged, { mode: FOLDER_MODE });
    for (const [path, bytes] of files) {
      const target = join(staged, ...path.split("/"));
      await mkdir(dirname(target), { recursive: true, mode: FOLDER_MODE });
      for (let at = dirname(target); at !== staged; at = dirname(at)) folders.add(at);
      await writeSynced(target, bytes, FILE_MODE);
    }
    for (const written of folders) await syncFolder(written);
    const old = await putAside(folder);
    await rename(staged, folder);
    await syncFolder(parent);
    if (old !== undefined) await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(staged, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

async function putAside(folder: string): Promise<string | undefined> {
  const away = stagedIn(dirname(folder));
  try {
    await rename(folder, away);
    return away;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether a file belongs to the copies in a folder, links followed. */
export async function isCopy(root: string, path: string): Promise<boolean> {
  const [home, target] = await Promise.all([root, path].map((place) => realpath(place).catch(() => place)));
  const way = relative(home ?? root, target ?? path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Clears away what a power cut left unfinished in a folder; harmless when it cannot. */
export async function tidyTrees(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((other) => other.startsWith(UNFINISHED)))
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
}

function stagedIn(parent: string): string {
  return join(parent, `${UNFINISHED}${randomBytes(8).toString("hex")}`);
}

/**
 * The bytes of a file as they were signed.
 * @throws StationError line.document-changed; line.document-file-missing where a file that stays at the station is not there
 */
export async function signedBytes(folder: string, file: PublishedFile): Promise<Uint8Array> {
  const { path, sha256, length, carried } = file;
  await refuseLinks(folder, path);
  const bytes = await readBytes(join(folder, ...path.split("/")), Math.max(length, 1)).catch((error: unknown) => {
    if (error instanceof StationError && error.code === "file.missing" && !carried) return "missing";
    if (error instanceof StationError) return error;
    throw error;
  });
  if (bytes === "missing")
    throw new StationError("line.document-file-missing", "a file that the signature covers is not here", {
      file: path,
    });
  if (bytes instanceof StationError)
    throw new StationError("line.document-changed", "a file cannot be read", { file: path }, { cause: bytes });
  if (bytes.length === length && createHash("sha256").update(bytes).digest("hex") === sha256) return bytes;
  throw new StationError("line.document-changed", "a file is not what was signed", { file: path });
}

/** A link could lead to something else at the next look. */
async function refuseLinks(folder: string, path: string): Promise<void> {
  let at = folder;
  for (const name of path.split("/")) {
    at = join(at, name);
    const found = await lstat(at).catch(() => undefined);
    if (found?.isSymbolicLink() !== true) continue;
    throw new StationError("line.document-changed", "a link stands where a file should be", { file: path });
  }
}
