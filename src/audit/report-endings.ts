import type { Endings } from "../contract/report.ts";

/** Counts that are being added to. */
export type MutableEndings = { -readonly [Ending in keyof Endings]: Endings[Ending] };

export const NO_ENDINGS: Endings = { runs: 0, pass: 0, fail: 0, error: 0, aborted: 0, running: 0 };

/** Adds the second counts to the first. */
export function addTo(endings: MutableEndings, more: Endings): void {
  endings.runs += more.runs;
  endings.pass += more.pass;
  endings.fail += more.fail;
  endings.error += more.error;
  endings.aborted += more.aborted;
  endings.running += more.running;
}

/** Adds runs of an outcome; `null`: in progress. */
export function addRuns(endings: MutableEndings, outcome: string | null, count: number): void {
  endings.runs += count;
  if (outcome === "PASS") endings.pass += count;
  else if (outcome === "FAIL") endings.fail += count;
  else if (outcome === "ERROR") endings.error += count;
  else if (outcome === "ABORTED") endings.aborted += count;
  else endings.running += count;
}
