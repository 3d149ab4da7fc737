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

/** Whether an error of the store ends one run only. */
export function isAboutOneRun({ code }: StationError): boolean {
  return ABOUT_ONE_RUN.has(code);
}

/** Errors about the record's content pass; the rest means that nothing can be recorded now. */
export function recordError(error: unknown): StationError {
  const cause = asStationError(error);
  if (cause.code === "station.store-failed" || cause.code === "audit.recipe" || isAboutOneRun(cause)) return cause;
  return new StationError("station.store-failed", "the record cannot be written", { reason: cause.code }, { cause });
}
