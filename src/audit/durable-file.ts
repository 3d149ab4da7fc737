import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a small file so that after a power cut there is the old content or the new, never half of it. What was begun and failed
 * leaves nothing behind.
 * @throws the file system's error
 */
export async function writeDurably(file: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  // A name that nobody can lay a link under beforehand.
  const temporary = `${file}.${randomBytes(6).toString("hex")}.new`;
  try {
    await writeSynced(temporary, content, mode);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(file));
}

/** Writes a new file that lasts through a power cut once its folder is synced. @throws the file system's error; EEXIST */
export async function writeSynced(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const handle = await open(file, "wx", mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes what happened to a folder's names last through a power cut; Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
