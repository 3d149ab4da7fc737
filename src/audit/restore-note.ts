import { readFileSync, rmSync } from "node:fs";
import { RestoreNoteSchema, type RestoreNote } from "../contract/station-event.ts";
import { StationError } from "../core/error.ts";
import { canonicalJson } from "./canonical-json.ts";
import { writeDurably } from "./durable-file.ts";

/** The file that waits beside a restored database until the station records the restoration. */
export function restoreNoteOf(database: string): string {
  return `${database}.restored`;
}

/** @throws the file system's error */
export async function writeRestoreNote(database: string, note: RestoreNote): Promise<void> {
  await writeDurably(restoreNoteOf(database), `${canonicalJson(note)}\n`);
}

/**
 * The note beside a database, or undefined when there is none.
 * @throws StationError audit.cut when it cannot be read: a restoration must not go unrecorded
 */
export function readRestoreNote(database: string): RestoreNote | undefined {
  const file = restoreNoteOf(database);
  try {
    return RestoreNoteSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new StationError("audit.cut", "the note of a restoration cannot be read", { file }, { cause: error });
  }
}

/** Takes the note away once its event is in the chain. @throws the file system's error */
export function dropRestoreNote(database: string): void {
  rmSync(restoreNoteOf(database), { force: true });
}
