import type { Outcome } from "../../../src/contract/common.ts";
import type { SlotState } from "../../../src/contract/slot-state.ts";
import type { IconName } from "../../components/icon-paths.ts";

/** What a tile shows; each look has its own icon, word and ground. */
export type TileLook = "empty" | "scan" | "ready" | "running" | "pass" | "fail" | "error" | "aborted";

/** What is being prepared in a slot for the next batch. */
export type Preparation = {
  /** Scanned for the next run. */
  readonly serial?: string | undefined;
  /** A person said that no unit lies here. */
  readonly skipped: boolean;
  /** The recipe wants a scanned serial. */
  readonly needsSerial: boolean;
  /** Nothing is plugged in at the slot's port. */
  readonly absent?: boolean;
};

const OUTCOME_LOOKS: Readonly<Record<Outcome, TileLook>> = {
  PASS: "pass",
  FAIL: "fail",
  ERROR: "error",
  ABORTED: "aborted",
};

/** The look of a slot: a run that goes on, what is prepared for the next, the last result, or nothing yet. */
export function lookOf(state: SlotState, { serial, skipped, needsSerial, absent }: Preparation): TileLook {
  if (state.kind === "running") return "running";
  if (serial !== undefined) return "ready";
  if (skipped) return "empty";
  if (state.kind === "finished" && !isGoldenPass(state)) return OUTCOME_LOOKS[state.outcome];
  if (needsSerial) return "scan";
  return absent === true ? "empty" : "ready";
}

/** A board that was only compared is no product: once it has passed, its slot waits for the next unit. */
function isGoldenPass({ purpose, outcome }: Extract<SlotState, { kind: "finished" }>): boolean {
  return outcome === "PASS" && (purpose === "golden" || purpose === "golden-learn");
}

/** The icon of a look. */
export function iconOf(look: TileLook): IconName {
  return look;
}

/** Whether a person must do something about a slot of this look. */
export function needsPerson(look: TileLook): boolean {
  return look === "fail" || look === "error" || look === "aborted";
}
