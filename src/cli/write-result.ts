import { writeFile } from "node:fs/promises";
import { StationError } from "../core/error.ts";

/** Writes a file that a command was asked for. @throws StationError cli.folder */
export async function writeResult(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new StationError("cli.folder", "the file cannot be written", { file, reason }, { cause });
  }
}
