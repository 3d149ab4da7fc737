import { readFileSync, rmSync } from "node:fs";
import { ReplacementNoteSchema, type ReplacementNote, type StationEvent } from "../contract/station-event.ts";
import { StationError } from "../core/error.ts";
import { canonicalJson } from "./canonical-json.ts";
import { writeDurably } from "./durable-file.ts";

/** The event that tells what took the place of a database. */
export function replacement(note: ReplacementNote, at: string): StationEvent {
  if (!("anew" in note)) return { type: "database.restored", at, ...note };
  const { replaced } = note;
  return { type: "database.begun-anew", at, ...(replaced === undefined ? {} : { replaced }) };
}

/** The file that waits beside a restored database until the station records the restoration. */
export function restoreNoteOf(database: string): string {
  return `${database}.restored`;
}

/** @throws the file system's error */
export async function writeRestoreNote(database: string, note: ReplacementNote): Promise<void> {
  await writeDurably(restoreNoteOf(database), `${canonicalJson(note)}\n`);
}

/**
 * The note beside a database, or undefined when there is none.
 * @throws StationError audit.cut when it cannot be read: a restoration must not go unrecorded
 */
export function readRestoreNote(database: string): ReplacementNote | undefined {
  const file = restoreNoteOf(database);
  try {
    return ReplacementNoteSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new StationError("audit.cut", "the note of a restoration cannot be read", { file }, { cause: error });
  }
}

/** Takes the note away once its event is in the chain. @throws the file system's error */
export function dropRestoreNote(database: string): void {
  rmSync(restoreNoteOf(database), { force: true });
}
