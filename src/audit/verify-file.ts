import { basename } from "node:path";
import { existsSync } from "node:fs";
import type { Verdict } from "../contract/history.ts";
import { StationError } from "../core/error.ts";
import { fileKind } from "./database-file.ts";
import { manifestOf } from "./manifest.ts";
import { verifyDatabase, type VerifyOptions } from "./verify-database.ts";
import { verifyExport } from "./verify-export.ts";

/**
 * Checks a file of the station, whichever it is: an audit database, an export, or an export named by its manifest.
 * @returns that all fits, or the first row that does not
 * @throws StationError audit.missing, audit.newer, audit.locked; the signal's reason
 */
export async function verifyFile(file: string, options: VerifyOptions = {}): Promise<Verdict> {
  const kind = fileKind(file);
  if (kind === "absent") throw new StationError("audit.missing", "there is no such file", { file });
  if (kind === "audit") return verifyDatabase(file, options);
  const ending = manifestOf("");
  const named = file.endsWith(ending) ? file.slice(0, -ending.length) : file;
  if (existsSync(manifestOf(named))) return verifyExport(named, options);
  const what =
    kind === "sqlite"
      ? "the database is not the station's"
      : "it is neither an audit database nor an export with its manifest";
  return { ok: false, kind: "unknown", misfit: { table: "file", row: basename(file), what } };
}
