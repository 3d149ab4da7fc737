import { asStationError, StationError } from "../core/error.ts";

/** Errors of the store that concern one record, not the disk. */
const ABOUT_ONE_RUN: ReadonlySet<string> = new Set([
  "audit.secret",
  "audit.conflict",
  "audit.gap",
  "audit.over",
  "audit.unknown",
  "values.used",
]);

/** Nothing can be recorded now. */
const NOTHING_KEPT: ReadonlySet<string> = new Set(["station.store-failed", "station.store-locked"]);

/** Whether an error of the store ends one run only. */
export function isAboutOneRun({ code }: StationError): boolean {
  return ABOUT_ONE_RUN.has(code);
}

/** Errors about the record's content pass; the rest means that nothing can be recorded now. */
export function recordError(error: unknown): StationError {
  const cause = asStationError(error);
  if (NOTHING_KEPT.has(cause.code) || cause.code === "audit.recipe" || isAboutOneRun(cause)) return cause;
  const code = cause.code === "audit.locked" ? "station.store-locked" : "station.store-failed";
  return new StationError(code, "the record cannot be written", { reason: cause.code }, { cause });
}
