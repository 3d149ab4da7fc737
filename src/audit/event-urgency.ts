import { isAnnouncement, type RunEvent } from "../contract/run-event.ts";
import type { Urgency } from "./commit-queue.ts";

/**
 * Whether anybody waits until an event is on the disk: a worker goes on behind its unit's identity and behind what it announced, and
 * a tray ends with the last run. All others wait for company.
 */
export function urgencyOf(event: RunEvent): Urgency {
  const isAwaited = isAnnouncement(event) || event.type === "unit.identified" || event.type === "run.finished";
  return isAwaited ? "prompt" : "grouped";
}
