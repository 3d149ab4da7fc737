import type { History } from "../audit/history.ts";
import type { RunCursor, RunRecord } from "../contract/history.ts";
import type { RunFilter } from "../contract/station-request.ts";

const PAGE = 500;

/** All runs of a filter, newest first, read a page at a time. @throws StationError audit.* */
export function* allRuns(history: History, filter: RunFilter): Generator<RunRecord> {
  let after: RunCursor | undefined;
  do {
    const page = history.runs({ filter, limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* page.runs;
    after = page.next;
  } while (after !== undefined);
}
