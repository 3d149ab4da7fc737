import type { Outcome, Phase } from "../../../src/contract/common.ts";
import type { RunRecord } from "../../../src/contract/history.ts";
import type { RunEvent } from "../../../src/contract/run-event.ts";
import { codeEntry, isErrorCode, type ErrorCode } from "../../../src/core/error-codes.ts";
import { formatFact } from "../../../src/core/fact.ts";
import type { ErrorReport } from "../../../src/core/error.ts";

/** How a run ended and why. */
export type UnitVerdict = {
  /** `null`: the run goes on. */
  readonly outcome: Outcome | null;
  /** The phase that failed or in which the run stopped. */
  readonly phase: Phase | undefined;
  readonly elapsedMs: number | null;
  readonly code: ErrorCode | undefined;
  /** What to do, in one sentence. */
  readonly advice: string | undefined;
  /** What the station recorded about the failure, in plain English. */
  readonly what: string | undefined;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
};

/** The verdict on a run; of a run that a power cut ended only its row tells the code. */
export function verdictOf(run: RunRecord, events: readonly RunEvent[]): UnitVerdict {
  const end = events.find((event) => event.type === "run.finished");
  const error = end?.error;
  const code = error?.code ?? (run.code !== null && isErrorCode(run.code) ? run.code : undefined);
  return {
    outcome: run.outcome,
    phase: stoppedIn(run, events),
    elapsedMs: run.elapsedMs,
    code,
    advice: error?.advice ?? (code === undefined ? undefined : codeEntry(code).advice),
    what: error?.what,
    facts: error === undefined ? [] : factsOf(error),
  };
}

function stoppedIn(run: RunRecord, events: readonly RunEvent[]): Phase | undefined {
  if (run.outcome === "PASS") return undefined;
  const failed = events.find((event) => event.type === "phase.finished" && event.result === "failed");
  if (failed?.type === "phase.finished") return failed.phase;
  const started = events.filter((event) => event.type === "phase.started" && event.phase !== "release");
  const last = started.at(-1);
  return last?.type === "phase.started" ? last.phase : undefined;
}

function factsOf(error: ErrorReport): UnitVerdict["facts"] {
  const own = Object.entries(error.facts).map(([name, fact]) => ({ name, value: formatFact(fact) }));
  return error.cause === undefined ? own : [...own, { name: "cause", value: error.cause.what }];
}
