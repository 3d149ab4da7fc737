import type { RunEvent } from "../contract/run-event.ts";
import type { SlotState } from "../contract/slot-state.ts";
import type { BatchSummary } from "../contract/station-request.ts";
import type { ErrorReport } from "../core/error.ts";
import type { BatchId, SlotId } from "../core/ids.ts";

/** What the station core tells whoever shows it; in order, one way. */
export type StationNews =
  /** A run went on: the event is on the disk (unless `unsaved`), `state` is its slot after it. */
  | {
      readonly kind: "run";
      readonly batch: BatchId;
      readonly event: RunEvent;
      readonly state: SlotState;
      /** The record failed: this end of the run is shown, never a PASS, and not on the disk yet. */
      readonly unsaved?: true;
    }
  | { readonly kind: "batch.started"; readonly batch: BatchId; readonly slots: readonly SlotId[] }
  | { readonly kind: "batch.finished"; readonly summary: BatchSummary }
  /** The record cannot be written: running runs are being stopped, no batch may start until it can be again. */
  | { readonly kind: "store.failed"; readonly error: ErrorReport }
  /** A worker process was lost; it is started again by itself. */
  | { readonly kind: "worker.lost"; readonly slot: SlotId; readonly error: ErrorReport }
  | {
      readonly kind: "log";
      readonly slot: SlotId;
      readonly level: "info" | "warning" | "error";
      readonly text: string;
    };

/** Takes news; must not throw. */
export type NewsListener = (news: StationNews) => void;
