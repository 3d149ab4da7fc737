import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { StationError } from "../core/error.ts";
import { writing } from "./export-sheet.ts";

/** Names beside the database that belong to it. */
const OWN_ENDINGS = ["", "-wal", "-shm", "-journal", ".lock", ".lock-journal", ".head", ".key"];

/**
 * An export must never take the place of a database or of what lies beside it.
 * @throws StationError audit.export
 */
export function refuseOwnFiles(file: string, out: string): void {
  const place = writing(out, () => join(realpathSync(dirname(out)), basename(out)));
  const database = resolve(file);
  const real = join(realpathSync(dirname(database)), basename(database));
  if (OWN_ENDINGS.some((ending) => place === real + ending || `${place}.manifest.json` === real + ending))
    throw new StationError("audit.export", "the export would overwrite the audit database", { file: out });
}
