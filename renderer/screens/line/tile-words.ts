import { PHASES } from "../../../src/contract/common.ts";
import type { SlotState } from "../../../src/contract/slot-state.ts";
import { stopwatch } from "../../components/spans.ts";
import { faultFamily } from "./fault-family.ts";
import { phaseNumber } from "./phase-segments.ts";
import type { TileLook } from "./tile-look.ts";
import { unitName } from "./unit-name.ts";

/** The texts of a tile. */
export type TileWords = {
  readonly word: string;
  /** The word where there is little room. */
  readonly brief?: string | undefined;
  /** The short reason of a FAIL, ERROR or ABORTED. */
  readonly why?: string | undefined;
  /** Where the run is, how long it took, or what is missing. */
  readonly detail?: string | undefined;
  readonly unit?: string | undefined;
};

/** Looks a text up; vue-i18n's `t`. */
export type Translate = (key: string, named: Record<string, unknown>) => string;

/** What a tile tells besides its slot's state. */
export type TileContext = {
  /** The next scan is for this slot. */
  readonly next: boolean;
  /** Scanned for the next run. */
  readonly serial: string | undefined;
  /** Nothing is plugged in at the slot's port. */
  readonly absent?: boolean;
};

/** The words on a tile and in its spoken name. */
export function tileWords(
  state: SlotState,
  look: TileLook,
  { next, serial, absent = false }: TileContext,
  t: Translate,
): TileWords {
  const unit = unitName(state);
  if (state.kind === "running") {
    const detail = t("line.phaseOf", { number: phaseNumber(state), total: PHASES.length });
    return { word: t(`line.phases.${state.phase}`, {}), detail, unit };
  }
  const word = t(`line.looks.${look}`, {});
  // What is not there matters more than what it should be scanned for.
  if (absent && state.kind === "idle" && look !== "ready") return { word, detail: t("line.noBoard", {}) };
  if (look === "ready") return { word, unit: serial, ...(absent ? { detail: t("line.noBoard", {}) } : {}) };
  if (look === "scan") return { word, detail: t(next ? "line.scanNext" : "line.scanNeeded", {}) };
  if (state.kind === "idle" || look === "empty") return { word };
  const why = state.error === undefined ? undefined : t(`faults.${faultFamily(state.error.code)}.short`, {});
  const brief = look === "aborted" ? t("line.looks.abort", {}) : undefined;
  return { word, brief, why, detail: stopwatch(state.elapsedMs), unit };
}
