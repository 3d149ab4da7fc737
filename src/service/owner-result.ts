import type { CommandStatus } from "../contract/owner-api.ts";
import { isHelper } from "./command-translation.ts";
import type { DeviceCommandRow } from "./queue-store.ts";
import type { RequestRecord } from "./request-record.ts";

/** Status and response of an owner command, as its device commands make them. */
export type OwnerResult = { readonly status: CommandStatus; readonly response: RequestRecord | undefined };

/**
 * The owner's view of a command: FAILED as soon as one of its device commands failed or was dropped, SUCCEEDED when those that
 * count (not the helpers) succeeded, FAILED with `resultUnknown` when the fate of one of them stays unknown.
 * The response has one key, the kind; below it `message` (the modem's text), `cmeError` and `reason` where there are any.
 * @param decoded what a KEYGEN result gave, added to the response
 */
export function ownerResult(kind: string, rows: readonly DeviceCommandRow[], decoded: RequestRecord = {}): OwnerResult {
  const failed = rows.find((row) => row.state === "FAILED") ?? rows.find((row) => row.state === "DROPPED");
  if (failed !== undefined) return final("FAILED", kind, failed, {});
  if (rows.some((row) => row.state === "QUEUED" || row.state === "DELIVERED"))
    return { status: rows.every((row) => row.state === "QUEUED") ? "PENDING" : "IN_PROGRESS", response: undefined };
  const counting = rows.filter((row) => !isHelper(row.id));
  const lost = counting.find((row) => row.state === "LOST");
  if (lost !== undefined) return final("FAILED", kind, lost, { resultUnknown: true });
  return final("SUCCEEDED", kind, counting.at(-1), decoded);
}

function final(
  status: CommandStatus,
  kind: string,
  row: DeviceCommandRow | undefined,
  more: RequestRecord,
): OwnerResult {
  const told = {
    ...((row?.message ?? null) === null ? {} : { message: row?.message }),
    ...((row?.cme ?? null) === null ? {} : { cmeError: row?.cme }),
    ...((row?.reason ?? null) === null ? {} : { reason: row?.reason }),
  };
  return { status, response: { [kind]: { ...told, ...more } } };
}
