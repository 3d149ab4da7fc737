import { withLimit } from "../../core/clock.ts";
import { asStationError, type StationError } from "../../core/error.ts";
import type { Fetched } from "./fetch-documents.ts";
import { syncDocuments, type SyncParts } from "./document-sync.ts";

/**
 * Brings the copies up to date as far as the line allows within one request's limit, altogether: what was withdrawn counts before
 * the next start, and a line that is away keeps nobody waiting longer. Never throws.
 * @returns what was fetched, or why the copies stay as they are
 */
export async function freshenCopies(parts: SyncParts, signal?: AbortSignal): Promise<Fetched | StationError> {
  const { line, trust, clock } = parts;
  if (trust.publishers.length === 0) return { fetched: [], withdrawn: [], refused: [] };
  const limit = line.requestLimit;
  const over = { code: "line.away", what: "the line did not answer in time" } as const;
  try {
    return await withLimit(clock, limit, over, (inner) => syncDocuments(parts, limit, { signal: inner }), signal);
  } catch (error) {
    return asStationError(error);
  }
}
