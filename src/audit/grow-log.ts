import { open, type FileHandle } from "node:fs/promises";
import { freeBytes } from "./space-probe.ts";

/** Bytes that the log of a full tray comes to between two checkpoints. */
const SIZE = 16 * 1024 * 1024;
const PIECE = 1024 * 1024;
/** The log is not grown where it would take more than this part of the free space. */
const PART = 1 / 16;

/**
 * Gives SQLite's write-ahead log at once the size that it comes to under load. A file system that has yet to add blocks to a file, or
 * to note that they are filled, holds up whoever writes to it meanwhile, and that would be the event loop. SQLite writes over its log
 * from the beginning again and again and reads nothing behind its newest frame: zeros are harmless there. Never throws: a log
 * that cannot grow now keeps its size.
 * @param database path of the database; nothing may write to it meanwhile
 */
export async function growLog(database: string): Promise<void> {
  try {
    if (freeBytes(database) * PART < SIZE) return;
    const file = await open(`${database}-wal`, "r+");
    try {
      await fill(file, (await file.stat()).size);
    } finally {
      await file.close();
    }
  } catch {
    // There is no log, or no space: it grows while it is written, as any does.
  }
}

/** @throws Error of the file system; the file has its old size then */
async function fill(file: FileHandle, from: number): Promise<void> {
  const zeros = Buffer.alloc(PIECE);
  try {
    for (let position = from; position < SIZE; position += PIECE)
      await file.write(zeros, 0, Math.min(PIECE, SIZE - position), position);
    if (from < SIZE) await file.sync();
  } catch (error) {
    await file.truncate(from);
    throw error;
  }
}
