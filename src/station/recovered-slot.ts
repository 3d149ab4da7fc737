import type { RecoveredRun } from "../audit/audit-store.ts";
import { interruption } from "../audit/interruption.ts";
import type { FixtureSlot } from "../contract/fixture.ts";
import type { SlotState } from "../contract/slot-state.ts";
import { reportOf } from "../core/error.ts";
import { isoTime } from "../core/iso-time.ts";
import { portLabel } from "./port-label.ts";

/** The state of a slot whose run a power cut or a killed station left open: ABORTED, with the last command announced. */
export function recoveredSlot(slot: FixtureSlot, run: RecoveredRun): SlotState {
  return {
    kind: "finished",
    slot: slot.slot,
    runId: run.runId,
    link: portLabel(slot.port),
    recipe: "",
    startedAt: startOf(run.runId),
    ...(run.boardSerial === undefined ? {} : { boardSerial: run.boardSerial }),
    ...{ phasesDone: 0, commandsDone: 0, commandsTotal: 0 },
    ...(run.lastCommand === undefined ? {} : { command: run.lastCommand }),
    ...{ outcome: "ABORTED", release: "unreachable", elapsedMs: 0 },
    error: reportOf(interruption(run)),
  };
}

/** The time that a time-ordered id was made at (RFC 9562, version 7: its first 48 bits). */
function startOf(id: string): string {
  return isoTime(parseInt(id.replaceAll("-", "").slice(0, 12), 16));
}
