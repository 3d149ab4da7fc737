import type { AuditStore } from "../audit/audit-store.ts";
import type { Admission } from "../contract/order.ts";
import { reportOf, StationError } from "../core/error.ts";
import type { DeviceUuid, SlotId } from "../core/ids.ts";

/** A run as admission sees it. */
export type Applicant = { readonly slot: SlotId; readonly uuid: DeviceUuid; readonly again: boolean };

/**
 * Whether an identified unit may go on: not when it answers in another slot, not when it passed before and is not run again
 * on purpose. An admitted unit gets the settings that the station keeps for it.
 * @param before the unit that the same run identified earlier, where it did
 * @param holder the other slot that has a unit with the same UUID, now or earlier in the batch, where there is one
 */
export function admitUnit(
  applicant: Applicant,
  before: DeviceUuid | undefined,
  holder: SlotId | undefined,
  store: Pick<AuditStore, "passedBefore" | "settingsOf">,
): Admission {
  const { uuid, again } = applicant;
  const refuse = (error: StationError): Admission => ({ kind: "refused", error: reportOf(error) });
  if (before !== undefined && before !== uuid)
    return refuse(new StationError("station.unit-changed", "another unit answers than before", { uuid, before }));
  if (holder !== undefined)
    return refuse(
      new StationError("station.unit-in-other-slot", "the same unit runs in another slot", { uuid, otherSlot: holder }),
    );
  const passed = again ? undefined : store.passedBefore(uuid);
  if (passed !== undefined) {
    const { runId: run, finishedAt, recipe } = passed;
    return refuse(
      new StationError("station.passed-before", "the unit passed before", { uuid, run, finishedAt, recipe }),
    );
  }
  return { kind: "admitted", settings: store.settingsOf(uuid) };
}
