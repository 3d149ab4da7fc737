import type { ExportOrder, RunCounts, RunPage, RunQuery, Verdict } from "../contract/history.ts";
import type { Report, ReportOrder } from "../contract/report.ts";
import type { RunFilter } from "../contract/station-request.ts";
import type { RunId } from "../core/ids.ts";
import type { ExportDraft } from "./export-draft.ts";
import type { RunHistory } from "./history.ts";
import type { WorkRequest } from "./work-thread.ts";

/** What the history thread can be asked, with what it answers. Both ends are of one build: nothing is parsed again. */
export type HistoryWork = {
  readonly runs: { readonly asks: RunQuery; readonly answers: RunPage };
  readonly run: { readonly asks: RunId; readonly answers: RunHistory | undefined };
  readonly recipeContents: { readonly asks: string; readonly answers: readonly string[] };
  readonly counts: { readonly asks: RunFilter; readonly answers: RunCounts };
  readonly report: { readonly asks: ReportOrder; readonly answers: Report };
  readonly draft: { readonly asks: ExportOrder; readonly answers: ExportDraft };
  readonly verify: { readonly asks: VerifyRequest; readonly answers: Verdict };
  readonly checkpoint: { readonly asks: null; readonly answers: number };
};

/** A file to verify and how. */
export type VerifyRequest = { readonly file: string; readonly key?: string; readonly acceptUnsigned?: boolean };

/** A request of one kind. */
export type HistoryRequest = WorkRequest<HistoryWork>;
