import type { Command, CommandResponse } from "../provisioning/command.ts";
import { judge, type Verdict } from "./verdict.ts";

/**
 * What happens to a device's queue, as pure decisions. A device command is
 * QUEUED (waits), DELIVERED (in a list that the device fetched, no result yet), SUCCEEDED, FAILED,
 * LOST (executed, its report never arrived: protocol.md 14.4), DROPPED (never to be executed).
 */
export type DeviceCommandState = "QUEUED" | "DELIVERED" | "SUCCEEDED" | "FAILED" | "LOST" | "DROPPED";

/** A device command that is open (QUEUED, DELIVERED) or LOST, in queue order. */
export type QueueEntry = {
  readonly id: string;
  /** The owner command that it belongs to, and that one's number in the device's history. */
  readonly ownerCommand: string;
  readonly number: number;
  readonly command: Command;
  readonly state: "QUEUED" | "DELIVERED" | "LOST";
};

/** A new state of one device command, with what the owner should know. */
export type QueueChange = {
  readonly id: string;
  readonly ownerCommand: string;
  readonly state: DeviceCommandState;
  readonly message?: string;
  readonly cme?: number;
  readonly reason?: string;
};

const NOT_EXECUTED = "not executed: an earlier command failed, so the queue was emptied";
const RESULT_UNKNOWN = "executed, result unknown: the device's report was lost";

const isOpen = (entry: QueueEntry): boolean => entry.state !== "LOST";

/**
 * The report-lost rule (protocol.md 14.4): when the device's latest executed command is one whose result never arrived, it and
 * everything delivered before it were executed with unknown result. An `after` that names nothing delivered changes nothing.
 */
export function changesAfter(queue: readonly QueueEntry[], after: string): readonly QueueChange[] {
  const order = deliveryOrder(queue.filter((entry) => entry.state === "DELIVERED"));
  const last = order.findIndex((entry) => entry.id === after);
  return order.slice(0, last + 1).map((entry) => change(entry, "LOST", { reason: RESULT_UNKNOWN }));
}

/**
 * The removal rules (protocol.md 4.7): results leave the queue; at a failure everything that was not executed leaves it too;
 * without a failure, delivered commands that have no result were not executed and wait again. Results of unknown or long
 * finished commands are ignored; a late report replaces LOST.
 * @param judged the verdict on one result; given in, as KEYGEN results need the device's key
 */
export function changesByReport(
  queue: readonly QueueEntry[],
  responses: readonly CommandResponse[],
  judged: (entry: QueueEntry, response: CommandResponse) => Verdict = (entry, response) =>
    judge(entry.command, response),
): readonly QueueChange[] {
  const known = new Map(queue.map((entry) => [entry.id, entry]));
  const changes = new Map<string, QueueChange>();
  for (const response of responses) {
    const entry = known.get(response.id);
    if (entry === undefined || changes.has(entry.id)) continue;
    const { ok, ...told } = judged(entry, response);
    changes.set(entry.id, change(entry, ok ? "SUCCEEDED" : "FAILED", told));
    if (ok && response.kind === "finished")
      for (const earlier of supersededFinished(queue, entry)) changes.set(earlier.id, change(earlier, "SUCCEEDED", {}));
  }
  const failed = [...changes.values()].some((made) => made.state === "FAILED");
  for (const entry of queue.filter(isOpen))
    if (!changes.has(entry.id)) {
      if (failed) changes.set(entry.id, change(entry, "DROPPED", { reason: NOT_EXECUTED }));
      else if (entry.state === "DELIVERED" && changes.size > 0) changes.set(entry.id, change(entry, "QUEUED", {}));
    }
  return [...changes.values()];
}

/**
 * The order of delivery: as queued, with one FINISHED, the newest, at the very end (protocol.md 14.2). Older FINISHED
 * commands are acknowledged together with it, since a device acknowledges only the last one (protocol.md 4.1).
 */
export function deliveryOrder(queue: readonly QueueEntry[]): readonly QueueEntry[] {
  const open = queue.filter(isOpen);
  const finished = open.filter((entry) => entry.command.kind === "finished").at(-1);
  const others = open.filter((entry) => entry.command.kind !== "finished");
  return finished === undefined ? others : [...others, finished];
}

function supersededFinished(queue: readonly QueueEntry[], acknowledged: QueueEntry): readonly QueueEntry[] {
  return queue.filter(
    (entry) => isOpen(entry) && entry.command.kind === "finished" && entry.number < acknowledged.number,
  );
}

function change(
  entry: QueueEntry,
  state: DeviceCommandState,
  told: { readonly message?: string; readonly cme?: number; readonly reason?: string },
): QueueChange {
  return { id: entry.id, ownerCommand: entry.ownerCommand, state, ...told };
}
