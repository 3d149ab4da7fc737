import type { AuditStore } from "../audit/audit-store.ts";
import type { Admission } from "../contract/order.ts";
import type { UnitHistory } from "../contract/proof.ts";
import type { Recipe } from "../contract/recipe.ts";
import { reportOf, StationError } from "../core/error.ts";
import type { DeviceUuid, SlotId } from "../core/ids.ts";
import type { RunStarted } from "./run-recorder.ts";

/** A run as admission sees it. */
export type Applicant = {
  readonly slot: SlotId;
  readonly uuid: DeviceUuid;
  /** The unit may have passed before. */
  readonly again: boolean;
  /** What the run needs of the unit's history: whether a run has begun to change it, or what the newest one found as well. */
  readonly history?: "begun" | "whole";
};

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
  store: Pick<AuditStore, "passedBefore" | "settingsOf" | "unitHistory">,
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
  return { kind: "admitted", settings: store.settingsOf(uuid), ...historyOf(applicant, store) };
}

function historyOf(
  { uuid, history }: Applicant,
  store: Pick<AuditStore, "unitHistory">,
): { readonly history?: UnitHistory } {
  if (history === undefined) return {};
  const { begun, proved } = store.unitHistory(uuid);
  if (history === "begun" || proved === undefined) return { history: { begun } };
  const credentials = proved.credentials.map(({ credential: type, ...rest }) => ({ ...rest, type }));
  return { history: { begun, proved: { run: proved.runId, credentials } } };
}

/** What a run needs of its unit's history: a proof all of it; a recipe that wants empty tags whether the unit is ours. */
export function historyFor(purpose: RunStarted["purpose"], { verify }: Recipe): Pick<Applicant, "history"> {
  if (purpose === "proof") return { history: "whole" };
  const { emptyBefore = false } = verify;
  return purpose === undefined && emptyBefore !== false ? { history: "begun" } : {};
}
