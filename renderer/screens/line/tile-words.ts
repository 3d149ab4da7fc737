import { PHASES } from "../../../src/contract/common.ts";
import type { SlotState } from "../../../src/contract/slot-state.ts";
import { stopwatch } from "../../components/spans.ts";
import { faultFamily } from "./fault-family.ts";
import { phaseNumber } from "./phase-segments.ts";
import type { TileLook } from "./tile-look.ts";
import type { TraySize } from "./tray-size.ts";

/** The texts of a tile. `why` is the short reason of a FAIL or ERROR; `mono`: the detail is a serial. */
export type TileWords = {
  readonly word: string;
  readonly why?: string | undefined;
  readonly detail?: string | undefined;
  readonly mono?: boolean;
};

/** Looks a text up; vue-i18n's `t`. */
export type Translate = (key: string, named?: Record<string, unknown>) => string;

/** What a tile tells besides its slot's state. */
export type TileContext = {
  /** The next scan is for this slot. */
  readonly next: boolean;
  readonly serial: string | undefined;
  readonly size: TraySize;
};

/** The words on a tile and in its spoken name. */
export function tileWords(state: SlotState, look: TileLook, context: TileContext, t: Translate): TileWords {
  const { next, serial, size } = context;
  if (state.kind === "running") return runningWords(state, size, t);
  if (look === "ready") return { word: t("line.looks.ready"), detail: serial, mono: true };
  if (look === "scan") return { word: t("line.looks.scan"), detail: t(next ? "line.scanNext" : "line.scanNeeded") };
  if (state.kind === "idle" || look === "empty") return { word: t("line.looks.empty") };
  const word = t(`line.looks.${look === "aborted" && size === "S" ? "abort" : look}`);
  const why = state.error === undefined ? undefined : t(`faults.${faultFamily(state.error.code)}.short`);
  const unit = state.boardSerial;
  const span = stopwatch(state.elapsedMs);
  if (size === "L" && unit !== undefined) return { word, why, detail: unit, mono: true };
  return { word, why, detail: size === "L" && why === undefined ? span : why === undefined ? span : undefined };
}

function runningWords(state: Extract<SlotState, { kind: "running" }>, size: TraySize, t: Translate): TileWords {
  const detail = t("line.phaseOf", { number: phaseNumber(state), total: PHASES.length });
  return size === "S" ? { word: detail } : { word: t(`line.phases.${state.phase}`), detail };
}
