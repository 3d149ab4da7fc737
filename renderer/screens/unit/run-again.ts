import type { FixtureFacts } from "../../../src/contract/desktop-snapshot.ts";
import type { RunRecord } from "../../../src/contract/history.ts";
import type { SlotState } from "../../../src/contract/slot-state.ts";
import type { StartRequest } from "../../../src/contract/station-request.ts";

/** Why a run's slot cannot be started now, or that it can. */
export type RunAgain = "possible" | "running" | "no-slot" | "blocked";

/** Whether the slot of a run can be started once more, as the station stands now. */
export function canRunAgain(
  run: RunRecord,
  station: { readonly fixture: FixtureFacts; readonly storeFailed: boolean; readonly slot: SlotState },
): RunAgain {
  if (!station.fixture.slots.some(({ slot }) => slot === run.slot)) return "no-slot";
  if (station.slot.kind === "running") return "running";
  return station.storeFailed ? "blocked" : "possible";
}

/** The request that runs the slot of a run once more, with the unit's serial; a unit that passed may pass again, and in training any. */
export function againRequest(run: RunRecord, operator: string | null, training: boolean): StartRequest {
  return {
    slots: [run.slot],
    serials: run.boardSerial === null ? {} : { [run.slot]: run.boardSerial },
    again: run.outcome === "PASS" || training,
    ...(operator === null ? {} : { operator }),
  };
}
