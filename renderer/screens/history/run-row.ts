import type { Outcome } from "../../../src/contract/common.ts";
import type { RunRecord } from "../../../src/contract/history.ts";
import type { IconName } from "../../components/icon-paths.ts";
import { stopwatch } from "../../components/spans.ts";

/** How an outcome looks: the name of its icon and of its colour class. */
export const OUTCOME_LOOK = {
  PASS: "pass",
  FAIL: "fail",
  ERROR: "error",
  ABORTED: "aborted",
} as const satisfies Readonly<Record<Outcome, IconName>>;

/** The look of a run; a run without outcome is under way. */
export function lookOf(outcome: Outcome | null): "pass" | "fail" | "error" | "aborted" | "running" {
  return outcome === null ? "running" : OUTCOME_LOOK[outcome];
}

/** Writes the times of runs in a language, by the clock on the wall. */
export type RunTimes = {
  /** `10:41:58`. */
  time(at: string): string;
  /** `22 Nov`, with the year unless it is this one; undefined for today. */
  day(at: string): string | undefined;
  /** Day and time in full. */
  full(at: string): string;
};

/** The writer for a language; `now` in ms since 1970 tells which day is today. */
export function runTimes(language: string, now: number): RunTimes {
  const time = new Intl.DateTimeFormat(language, { timeStyle: "medium", hourCycle: "h23" });
  const sameYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const otherYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
  const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
  const today = new Date(now);
  return {
    time: (at) => time.format(Date.parse(at)),
    full: (at) => full.format(Date.parse(at)),
    day: (at) => {
      const date = new Date(at);
      if (date.toDateString() === today.toDateString()) return undefined;
      return (date.getFullYear() === today.getFullYear() ? sameYear : otherYear).format(date);
    },
  };
}

/** How long a run took, as a stopwatch shows it; below a minute with a tenth: `4:02`, `1.5 s`. */
export function durationText(elapsedMs: number | null, language: string): string {
  if (elapsedMs === null) return "";
  if (elapsedMs >= 60_000) return stopwatch(elapsedMs);
  const format = { minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
  return `${new Intl.NumberFormat(language, format).format(elapsedMs / 1000)} s`;
}

/** The end of a run's id, by which people tell records apart. */
export function recordName(run: Pick<RunRecord, "id">): string {
  return run.id.slice(-8);
}
