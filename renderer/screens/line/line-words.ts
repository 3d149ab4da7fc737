import { useI18n } from "vue-i18n";
import type { LineState } from "../../../src/contract/desktop-line.ts";
import type { ErrorReport } from "../../../src/core/error.ts";
import { faultFamily } from "./fault-family.ts";
import { useNeedWords } from "./need-words.ts";

/** How a line looks on the Line screen: quiet, or in need of somebody. */
export type LineLook = "quiet" | "away" | "refusing";

/** The line as it concerns what the station does now: units of the training mode are compared where the line file says so. */
export function concerning(state: LineState, training: boolean): LineState {
  return training && !state.training ? { ...state, whenAway: null } : state;
}

/** A line that is away is no one's worry as long as runs go on; where they are refused, everybody's. */
export function lineLook({ link, whenAway, problem }: Pick<LineState, "link" | "whenAway" | "problem">): LineLook {
  if (link === "reached") return problem === undefined ? "quiet" : "away";
  if (link === "connecting") return "quiet";
  return whenAway === "refuse" ? "refusing" : "away";
}

/** The sentences about the line that stations share. */
export function useLineWords() {
  const { t, n } = useI18n();
  const { what, remedy } = useNeedWords();

  /** What went wrong, and what to do. */
  function why(problem: ErrorReport): string {
    const family = faultFamily(problem.code);
    return `${what(family)} ${remedy(family, problem)}`;
  }

  /** How the line stands, in a line. */
  function hint(state: LineState): string {
    const waiting = t("shared.waitingEvents", { count: n(state.waiting) }, state.waiting);
    if (state.link === "reached") return state.waiting === 0 ? t("shared.allSent") : waiting;
    if (state.link === "connecting") return t("shared.links.connecting");
    const rule = t(`shared.meanwhile.${state.whenAway ?? "none"}`);
    return `${rule} ${waiting}`;
  }

  return { why, hint };
}
