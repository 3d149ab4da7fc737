import type { Outcome } from "../../../src/contract/common.ts";
import type { BatchId } from "../../../src/core/ids.ts";
import { UUID_PATTERN } from "../../../src/core/ids.ts";
import type { RunFilter } from "../../../src/contract/station-request.ts";
import { ALL_TIMES, boundsOf, type TimeRange } from "./time-range.ts";

/** What a person set in the filters of the history; empty texts filter nothing. */
export type FilterForm = {
  /** How a serial, IMEI or device UUID begins, or a whole batch. */
  readonly search: string;
  readonly time: TimeRange;
  readonly outcome: Outcome | "";
  readonly recipe: string;
  readonly operator: string;
  readonly code: string;
  readonly batch: string;
  /** Identity of a station of the line. */
  readonly station: string;
};

/** Filters that let every run through. */
export const NO_FILTERS: FilterForm = {
  search: "",
  time: ALL_TIMES,
  ...{ outcome: "", recipe: "", operator: "", code: "", batch: "", station: "" },
};

/** The longest text that a filter takes. */
export const FILTER_LENGTH = 64;

/** The filter of a form at a time. A batch that is no whole batch is left out; {@link batchError} tells about it. */
export function filterOf(form: FilterForm, now: Date): RunFilter {
  const search = clean(form.search);
  const batch = clean(form.batch).toLowerCase();
  return {
    ...boundsOf(form.time, now),
    ...(search === "" ? {} : { unitStart: search }),
    ...(form.outcome === "" ? {} : { outcome: form.outcome }),
    ...given("recipe", form.recipe, 128),
    ...given("operator", form.operator, FILTER_LENGTH),
    ...given("code", form.code, FILTER_LENGTH),
    ...(isBatch(batch) ? { batch } : {}),
    ...given("station", form.station, FILTER_LENGTH),
  };
}

/** Whether the text of the batch filter is neither empty nor a whole batch. */
export function batchError(form: FilterForm): boolean {
  const batch = clean(form.batch).toLowerCase();
  return batch !== "" && !isBatch(batch);
}

/** How many of the filters behind the button "Filters" are set. */
export function furtherFilters({ recipe, operator, code, batch }: FilterForm): number {
  return [recipe, operator, code, batch].filter((text) => clean(text) !== "").length;
}

/** Whether anything is filtered at all. */
export function isFiltered(form: FilterForm): boolean {
  return Object.keys(filterOf(form, new Date(0))).length > 0;
}

function given(name: "recipe" | "operator" | "code" | "station", text: string, length: number): RunFilter {
  const value = clean(text, length);
  return value === "" ? {} : { [name]: value };
}

function clean(text: string, length = FILTER_LENGTH): string {
  return text
    .replaceAll(/\p{Cc}/gu, "")
    .trim()
    .slice(0, length);
}

function isBatch(text: string): text is BatchId {
  return UUID_PATTERN.test(text);
}
