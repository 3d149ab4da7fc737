import { PURPOSES } from "../contract/common.ts";
import { RunFilterSchema, type RunFilter } from "../contract/station-request.ts";
import { StationError } from "../core/error.ts";
import { isoTime, parseIsoTime } from "../core/iso-time.ts";
import type { Arguments, OptionSpec } from "./command.ts";
import { optionProblem } from "./option-problem.ts";

/** The filters of exports, as options. */
export const FILTER_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  from: { kind: "value", value: "TIME", help: "runs that started at or after this time (ISO 8601)" },
  to: { kind: "value", value: "TIME", help: "runs that started at or before this time (ISO 8601)" },
  batch: { kind: "value", value: "ID", help: "runs of this batch" },
  recipe: { kind: "value", value: "NAME", help: "runs of this recipe, for example `Training board 1`" },
  outcome: { kind: "value", value: "OUTCOME", help: "PASS, FAIL, ERROR or ABORTED" },
  code: { kind: "value", value: "CODE", help: "runs that ended with this error code" },
  operator: { kind: "value", value: "NAME", help: "runs of this operator" },
  purpose: { kind: "value", value: "PURPOSE", help: `runs for this: ${PURPOSES.join(", ")}` },
  unit: { kind: "value", value: "ID", help: "runs of this unit: device UUID, IMEI or board serial" },
};

/**
 * The filter that the options describe.
 * @throws StationError usage.option naming the option and what is wrong
 */
export function runFilter(args: Arguments): RunFilter {
  const given = Object.fromEntries(
    Object.keys(FILTER_OPTIONS).flatMap((name) => {
      const text = args.value(name);
      return text === undefined ? [] : [[name, name === "from" || name === "to" ? timeOf(name, text) : text] as const];
    }),
  );
  const parsed = RunFilterSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw optionProblem(parsed.error, given);
}

function timeOf(name: string, text: string): string {
  const instant = /^\d{4}-\d\d-\d\d/.test(text) ? parseIsoTime(text) : undefined;
  if (instant !== undefined) return isoTime(instant);
  throw new StationError("usage.option", `--${name} must be a time such as 2026-03-01 or 2026-03-01T08:00:00Z`, {
    given: text.slice(0, 40),
  });
}
