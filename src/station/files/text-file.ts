import { open, stat, type FileHandle } from "node:fs/promises";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";

/** Files up to this size are read whatever size they tell before. */
const SMALLEST_BUFFER = 1_048_576;

/** A text file as it was read. */
export type TextFile = { readonly path: string; readonly text: string; readonly bytes: Uint8Array };

/**
 * Reads a UTF-8 text file of at most `limit` bytes.
 * @param mark what happens to a byte order mark: files of ours lose it, files that go to modems stay as they are
 * @throws StationError file.missing, file.unreadable, file.too-large, file.not-text
 */
export async function readTextFile(path: string, limit: number, mark: "drop" | "keep" = "drop"): Promise<TextFile> {
  const bytes = await readBytes(path, limit);
  try {
    return { path, bytes, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: mark === "keep" }).decode(bytes) };
  } catch (cause) {
    throw new StationError("file.not-text", "the file is not UTF-8 text", { file: path }, { cause });
  }
}

/** Reads a file of at most `limit` bytes. @throws StationError file.missing, file.unreadable, file.too-large */
export async function readBytes(path: string, limit: number): Promise<Uint8Array> {
  const file = await opened(path);
  try {
    const { size } = await file.stat();
    // One byte more than there is, or than may be: both a file that grows and one that is too large show themselves.
    const buffer = new Uint8Array(Math.min(Math.max(size, SMALLEST_BUFFER), limit) + 1);
    const length = await fill(file, buffer);
    if (length > limit || length === buffer.length)
      throw new StationError("file.too-large", "the file is too large", {
        file: path,
        limit: quantity(limit, "bytes"),
      });
    return buffer.slice(0, length);
  } catch (error) {
    throw fileError(error, path);
  } finally {
    await file.close();
  }
}

async function fill(file: FileHandle, buffer: Uint8Array): Promise<number> {
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(buffer, at, buffer.length - at);
    at += bytesRead;
    if (bytesRead === 0 || at === buffer.length) return at;
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    // Asked before opening: opening a named pipe would wait for its writer.
    if (!(await stat(path)).isFile()) throw new StationError("file.unreadable", "it is not a file", { file: path });
    return await open(path, "r");
  } catch (error) {
    throw fileError(error, path);
  }
}

/** The error of the table for a failure of the file system. */
export function fileError(error: unknown, path: string): StationError {
  if (error instanceof StationError) return error;
  const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  return reason === "ENOENT" || reason === "ENOTDIR"
    ? new StationError("file.missing", "there is no such file", { file: path }, { cause: error })
    : new StationError("file.unreadable", "the file cannot be read", { file: path, reason }, { cause: error });
}
