import type { RunEvent } from "../../../src/contract/run-event.ts";

/** The moment from which a run's times count, in ms since 1970: its first phase, else its start. Time in the queue is not its own. */
export function zeroOf(events: readonly RunEvent[]): number {
  const first = events.find(({ type }) => type === "phase.started") ?? events[0];
  return first === undefined ? 0 : Date.parse(first.at);
}

/** When the thing that an event reports at its end began, in ms after `zero`; never before it. */
export function beginOf(event: { readonly at: string; readonly elapsedMs: number }, zero: number): number {
  return Math.max(0, Date.parse(event.at) - event.elapsedMs - zero);
}
