import type { RunEvent } from "../contract/run-event.ts";
import type { Urgency } from "./commit-queue.ts";

/** A worker goes on, and a tray ends, only when these are on the disk; all others wait for company. */
const AWAITED: ReadonlySet<RunEvent["type"]> = new Set([
  "unit.identified",
  "claim.announced",
  "queue.announced",
  "command.announced",
  "run.finished",
]);

/** Whether anybody waits until an event is on the disk. */
export function urgencyOf({ type }: RunEvent): Urgency {
  return AWAITED.has(type) ? "prompt" : "grouped";
}
