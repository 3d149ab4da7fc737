import { existsSync } from "node:fs";
import { copyFile, constants, rename } from "node:fs/promises";
import type { Clock } from "../core/clock.ts";
import { isoTime } from "../core/iso-time.ts";
import { headFileOf } from "./head-file.ts";

/** Where a database is kept that another takes the place of: `audit.db.replaced-20260301T080000.000Z`. */
export function asideOf(file: string, clock: Clock): string {
  // Sorts by time, and every file system takes it.
  return `${file}.replaced-${isoTime(clock.now()).replaceAll(/[-:]/g, "")}`;
}

/**
 * Moves a database with its log to its name aside. Its head file is copied only: until the caller replaces it, the station
 * refuses to begin a new chain. The log goes first: it must never lie beside another database.
 * @throws the file system's error
 */
export async function moveAside(file: string, aside: string): Promise<void> {
  for (const ending of ["-wal", "-shm", "-journal"])
    if (existsSync(`${file}${ending}`)) await rename(`${file}${ending}`, `${aside}${ending}`);
  if (existsSync(file)) await rename(file, aside);
  if (existsSync(headFileOf(file)) && !existsSync(headFileOf(aside)))
    await copyFile(headFileOf(file), headFileOf(aside), constants.COPYFILE_EXCL);
}
