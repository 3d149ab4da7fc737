import type { ExportOrder, Progress, RunCounts, RunPage, RunQuery, Verdict } from "../contract/history.ts";
import type { Report, ReportOrder } from "../contract/report.ts";
import type { RunFilter } from "../contract/station-request.ts";
import type { ErrorReport } from "../core/error.ts";
import type { RunId } from "../core/ids.ts";
import type { ExportDraft } from "./export-draft.ts";
import type { RunHistory } from "./history.ts";

/** What the history thread can be asked, with what it answers. Both ends are of one build: nothing is parsed again. */
export type HistoryWork = {
  readonly runs: { readonly asks: RunQuery; readonly answers: RunPage };
  readonly run: { readonly asks: RunId; readonly answers: RunHistory | undefined };
  readonly recipeContents: { readonly asks: string; readonly answers: readonly string[] };
  readonly counts: { readonly asks: RunFilter; readonly answers: RunCounts };
  readonly report: { readonly asks: ReportOrder; readonly answers: Report };
  readonly draft: { readonly asks: ExportOrder; readonly answers: ExportDraft };
  readonly verify: { readonly asks: VerifyRequest; readonly answers: Verdict };
  readonly checkpoint: { readonly asks: null; readonly answers: null };
};

/** A file to verify and how. */
export type VerifyRequest = { readonly file: string; readonly key?: string; readonly acceptUnsigned?: boolean };

/** A request of one kind. */
export type HistoryRequest = {
  readonly [Kind in keyof HistoryWork]: { readonly kind: Kind; readonly asks: HistoryWork[Kind]["asks"] };
}[keyof HistoryWork];

/** What is sent to the thread; `id` names the request in its answers. */
export type ToHistory =
  | { readonly type: "ask"; readonly id: number; readonly request: HistoryRequest }
  | { readonly type: "cancel"; readonly id: number };

/** What the thread sends. */
export type FromHistory =
  | { readonly type: "progress"; readonly id: number; readonly progress: Progress }
  | { readonly type: "done"; readonly id: number; readonly answer: HistoryWork[keyof HistoryWork]["answers"] }
  | { readonly type: "failed"; readonly id: number; readonly error: ErrorReport };
