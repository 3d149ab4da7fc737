import type { ReportFilter, ReportMode } from "../../../src/contract/report.ts";
import { SLOT_PATTERN, type SlotId } from "../../../src/core/ids.ts";
import { boundsOf } from "../history/time-range.ts";

/** The ranges of time that a report offers; `custom` from a day to a day, both included. */
export const RANGES = ["shift", "today", "week", "month", "custom"] as const;
export type RangeChoice = (typeof RANGES)[number];

/** What a person set on the report; empty texts filter nothing. */
export type ReportForm = {
  readonly range: RangeChoice;
  /** Days as `2026-03-01`, of `custom`; empty: without end. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly recipe: string;
  readonly fixture: string;
  readonly slot: string;
  readonly operator: string;
  /** Identity of a station of the line. */
  readonly station: string;
  /** `station`: whatever the station does now. */
  readonly mode: ReportMode | "station";
};

export const FIRST_FORM: ReportForm = {
  ...{ range: "today", fromDay: "", toDay: "" },
  ...{ recipe: "", fixture: "", slot: "", operator: "", station: "", mode: "station" },
};

/** What the station tells for a form: its clock, its shift, whether it is in training. */
export type FormFacts = { readonly now: Date; readonly shiftSince: string; readonly training: boolean };

/** The mode that a form counts. */
export function modeOf({ mode }: ReportForm, { training }: Pick<FormFacts, "training">): ReportMode {
  return mode === "station" ? (training ? "training" : "production") : mode;
}

/** The filter of a form. */
export function reportFilter(form: ReportForm, facts: FormFacts): ReportFilter {
  const { range: choice, fromDay, toDay, slot } = form;
  const bounds = choice === "shift" ? { from: facts.shiftSince } : boundsOf({ choice, fromDay, toDay }, facts.now);
  return {
    ...bounds,
    ...given("recipe", form.recipe),
    ...given("fixture", form.fixture),
    ...given("operator", form.operator),
    ...given("station", form.station),
    ...(SLOT_PATTERN.test(slot) ? { slot: slot as SlotId } : {}),
    mode: modeOf(form, facts),
  };
}

/** Whether anything but range and mode is set. */
export function isNarrowed({ recipe, fixture, slot, operator, station }: ReportForm): boolean {
  return [recipe, fixture, slot, operator, station].some((text) => text !== "");
}

function given(name: "recipe" | "fixture" | "operator" | "station", value: string): Partial<ReportFilter> {
  return value === "" ? {} : { [name]: value };
}
