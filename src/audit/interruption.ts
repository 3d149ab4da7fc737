import type { OwnerAct } from "../contract/run-event.ts";
import { StationError } from "../core/error.ts";
import type { Facts } from "../core/fact.ts";
import type { RecoveredRun } from "./audit-store.ts";

/** Texts among the facts of an error hold at most so many characters (contract/common.ts). */
const LONGEST_FACT = 4096;

/** Why a run that was found open ended: with the command, or the act at the owner's side, that has no end in the record. */
export function interruption({ lastCommand, ownerAct }: Pick<RecoveredRun, "lastCommand" | "ownerAct">): StationError {
  const facts: Facts = {
    ...(lastCommand === undefined ? {} : { lastCommand: lastCommand.slice(0, LONGEST_FACT) }),
    ...(ownerAct === undefined ? {} : { ownerAct }),
  };
  if (ownerAct === undefined) return new StationError("run.interrupted", "the station stopped during the run", facts);
  return new StationError("run.claim-interrupted", `the station stopped while it ${DOING[ownerAct]}`, facts);
}

const DOING: Readonly<Record<OwnerAct, string>> = {
  claim: "claimed the unit",
  unclaim: "gave the unit up at the service",
  queue: "queued the unit's commands",
  discard: "took commands of an earlier run out of the unit's queue",
};
