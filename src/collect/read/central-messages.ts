import type { RunHistory } from "../../audit/history.ts";
import type { WorkRequest } from "../../audit/work-thread.ts";
import type { LineStation } from "../../contract/desktop-line.ts";
import type { RunCounts, RunPage, RunQuery } from "../../contract/history.ts";
import type { Report, ReportOrder } from "../../contract/report.ts";
import type { RunFilter } from "../../contract/station-request.ts";
import type { RunId } from "../../core/ids.ts";
import type { CentralDraft, CentralDraftOrder } from "./central-export.ts";

/** What the thread that reads the central database can be asked, with what it answers. */
export type CentralWork = {
  /** Reaches the database and looks whether it is one of a line. */
  readonly check: { readonly asks: null; readonly answers: null };
  readonly runs: { readonly asks: RunQuery; readonly answers: RunPage };
  readonly run: { readonly asks: RunId; readonly answers: RunHistory | undefined };
  readonly counts: { readonly asks: RunFilter; readonly answers: RunCounts };
  readonly report: { readonly asks: ReportOrder; readonly answers: Report };
  /** Writes runs to a file under a temporary name. */
  readonly draft: { readonly asks: CentralDraftOrder; readonly answers: CentralDraft };
  readonly stations: { readonly asks: null; readonly answers: readonly LineStation[] };
};

/** A request of one kind. */
export type CentralRequest = WorkRequest<CentralWork>;
