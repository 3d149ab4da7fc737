import type { DesktopNews } from "../../src/contract/desktop-news.ts";
import type { BatchFacts } from "../../src/contract/desktop-snapshot.ts";
import type { BatchSummary } from "../../src/contract/station-request.ts";
import type { ErrorReport } from "../../src/core/error.ts";
import type { BatchId } from "../../src/core/ids.ts";

/** The batches of a station: those that run, the one that finished last, and whether the record fails. */
export type BatchWatch = {
  readonly running: readonly BatchFacts[];
  readonly last?: BatchSummary;
  readonly storeFailure?: ErrorReport;
};

export const NO_BATCHES: BatchWatch = { running: [] };

/** The batches after a piece of news; pure. */
export function nextBatches(before: BatchWatch, news: DesktopNews): BatchWatch {
  switch (news.kind) {
    case "batch.started": {
      // A batch that could be recorded proves that the record is well again.
      const { storeFailure: _over, ...rest } = before;
      const { batch, startedAt, slots } = news;
      return { ...rest, running: [...before.running, { batch, startedAt, slots }] };
    }
    case "batch.finished":
      return { ...before, running: without(before, news.summary.batch), last: news.summary };
    case "batch.failed":
      return { ...before, running: without(before, news.batch) };
    case "store.failed":
      return { ...before, storeFailure: news.error };
    case "run":
    case "worker.lost":
    case "shift":
    case "insertions":
    case "shared-line":
    case "session":
    case "configured":
      return before;
  }
}

function without(before: BatchWatch, batch: BatchId): readonly BatchFacts[] {
  return before.running.filter((running) => running.batch !== batch);
}
