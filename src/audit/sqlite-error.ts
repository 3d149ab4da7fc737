import type { ErrorCode } from "../core/error-codes.ts";
import { StationError } from "../core/error.ts";
import type { Facts } from "../core/fact.ts";

/**
 * The error of SQLite or of the file system as one of the table; StationErrors stay as they are.
 * @param what what was being done, as the error's sentence
 */
export function auditError(error: unknown, what: string, facts: Facts = {}): StationError {
  if (error instanceof StationError) return error;
  const code = isUnreadableCell(error) ? UNREADABLE : textCode(error);
  return new StationError(tableCode(code), what, { ...facts, reason: code }, { cause: error });
}

/** Whether the error is a constraint's or trigger's: one record does not fit, the database itself is well. */
export function isConstraint(error: unknown): boolean {
  return textCode(error).startsWith("SQLITE_CONSTRAINT");
}

/** JSON, a form or a type that the station wrote and that is none any more: only damage does that. */
function isUnreadableCell(error: unknown): boolean {
  if (textCode(error) === "ERR_INVALID_ARG_TYPE") return true;
  return error instanceof SyntaxError || (error instanceof Error && /^\$?ZodError$/.test(error.name));
}

function textCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
}

const UNREADABLE = "unreadable";

/** Beginnings of SQLite's and the system's codes, and what they mean to the station. */
const MEANINGS: readonly (readonly [string, ErrorCode])[] = [
  ["SQLITE_FULL", "audit.full"],
  ["ENOSPC", "audit.full"],
  ["EDQUOT", "audit.full"],
  ["SQLITE_BUSY", "audit.locked"],
  ["SQLITE_LOCKED", "audit.locked"],
  ["SQLITE_PROTOCOL", "audit.locked"],
  ["SQLITE_CORRUPT", "audit.corrupt"],
  ["SQLITE_NOTADB", "audit.corrupt"],
  // The statements are fixed: where one does not fit any more, the schema is another than it was made.
  ["SQLITE_ERROR", "audit.corrupt"],
  [UNREADABLE, "audit.corrupt"],
  ["SQLITE_READONLY", "audit.unwritable"],
  ["SQLITE_IOERR", "audit.unwritable"],
  ["SQLITE_CANTOPEN", "audit.unwritable"],
  ["SQLITE_PERM", "audit.unwritable"],
  ["ENOENT", "audit.missing"],
  ["EISDIR", "audit.missing"],
  ["EACCES", "audit.unwritable"],
  ["EPERM", "audit.unwritable"],
  ["EROFS", "audit.unwritable"],
  ["EIO", "audit.unwritable"],
  ["ENOTDIR", "audit.unwritable"],
  ["EEXIST", "audit.unwritable"],
  ["EBUSY", "audit.unwritable"],
  ["EMFILE", "audit.unwritable"],
];

function tableCode(code: string): ErrorCode {
  return MEANINGS.find(([beginning]) => code.startsWith(beginning))?.[1] ?? "station.internal";
}
