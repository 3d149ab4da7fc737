import type { Phase } from "../contract/common.ts";
import { abortReason, sleep, type Clock } from "../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../core/duration.ts";
import { asStationError, reportOf, StationError } from "../core/error.ts";
import { lasting } from "../core/fact.ts";
import type { Journal } from "./journal.ts";
import { mayRepeat, pauseBefore, PHASE_TABLE } from "./phase-table.ts";

/** What the work of a phase gets: aborts at the phase's limit or when the run is stopped. */
export type PhaseScope = { readonly signal: AbortSignal; readonly attempt: number };

/** The work of one attempt of a phase. */
export type PhaseWork<T> = (scope: PhaseScope) => Promise<T>;

/** What a phase runner needs. */
export type PhaseRunnerParts = { readonly journal: Journal; readonly clock: Clock; readonly stop: AbortSignal };

/** What a phase may say against being repeated, beyond the table. */
export type PhaseOptions = {
  readonly mayRepeat?: (error: StationError) => boolean;
  /** The signal that ends the phase early; default: the run's stop. */
  readonly stop?: AbortSignal;
};

/**
 * How long work may take to settle after it was told to stop: the longest limit of an AT command (CFUN=1, at.md 1) with
 * room, as the command in flight is waited for.
 */
export const STOP_GRACE: Duration = seconds(130);

type Ended<T> =
  { readonly kind: "passed"; readonly value: T } | { readonly kind: "failed"; readonly error: StationError };

/** Runs phases by the table: tells their starts and ends, keeps their limits, repeats what may be repeated. It knows no phase. */
export class PhaseRunner {
  readonly #parts: PhaseRunnerParts;

  constructor(parts: PhaseRunnerParts) {
    this.#parts = parts;
  }

  /** Runs a phase. @throws StationError of the last attempt; the reason of the stop when the run was stopped */
  async run<T>(phase: Phase, work: PhaseWork<T>, options: PhaseOptions = {}): Promise<T> {
    const rule = PHASE_TABLE[phase];
    const stop = options.stop ?? this.#parts.stop;
    for (let attempt = 1; ; attempt++) {
      if (stop.aborted) throw abortReason(stop);
      const ended = await this.#attempt(phase, attempt, work, stop, options);
      if (ended.kind === "passed") return ended.value;
      if (ended.kind === "failed") throw ended.error;
      await sleep(this.#parts.clock, pauseBefore(rule, attempt, ended.error), stop);
    }
  }

  /** Tells that a phase is not needed. */
  skip(phase: Phase): void {
    const { journal } = this.#parts;
    journal.tell({ type: "phase.started", phase, attempt: 1, limitMs: PHASE_TABLE[phase].limit });
    journal.tell({ type: "phase.finished", phase, attempt: 1, result: "skipped", elapsedMs: 0 });
  }

  async #attempt<T>(
    phase: Phase,
    attempt: number,
    work: PhaseWork<T>,
    stop: AbortSignal,
    options: PhaseOptions,
  ): Promise<Ended<T> | { readonly kind: "repeated"; readonly error: StationError }> {
    const { journal, clock } = this.#parts;
    const rule = PHASE_TABLE[phase];
    const begun = clock.monotonic();
    journal.tell({ type: "phase.started", phase, attempt, limitMs: rule.limit });
    const ended = await stoppable(clock, phase, rule.limit, (signal) => work({ signal, attempt }), stop);
    const elapsedMs = milliseconds(Math.max(0, clock.monotonic() - begun));
    if (ended.kind === "passed") {
      journal.tell({ type: "phase.finished", phase, attempt, result: "passed", elapsedMs });
      return ended;
    }
    const { error } = ended;
    const repeats = !stop.aborted && mayRepeat(rule, attempt, error) && (options.mayRepeat?.(error) ?? true);
    const result = repeats ? "repeated" : "failed";
    journal.tell({ type: "phase.finished", phase, attempt, result, elapsedMs, error: reportOf(error) });
    return { kind: result, error };
  }
}

/**
 * Runs work until it settles. At the limit or the stop its signal aborts and it is waited for, at most {@link STOP_GRACE}:
 * an AT command in flight must end before anything else goes to the modem. Whatever it answers then, the stop counts.
 */
function stoppable<T>(
  clock: Clock,
  phase: Phase,
  limit: Duration,
  work: (signal: AbortSignal) => Promise<T>,
  stop: AbortSignal,
): Promise<Ended<T>> {
  return new Promise((resolve) => {
    const controller = new AbortController();
    const timers: (() => void)[] = [];
    const end = (ended: Ended<T>): void => {
      for (const cancel of timers) cancel();
      stop.removeEventListener("abort", onStop);
      resolve(ended);
    };
    const halt = (error: StationError): void => {
      if (controller.signal.aborted) return;
      controller.abort(error);
      timers.push(clock.after(STOP_GRACE, () => end({ kind: "failed", error })));
    };
    const settle = (ended: Ended<T>): void => {
      end(controller.signal.aborted ? { kind: "failed", error: asStationError(controller.signal.reason) } : ended);
    };
    const onStop = (): void => halt(asStationError(abortReason(stop)));
    stop.addEventListener("abort", onStop, { once: true });
    timers.push(clock.after(limit, () => halt(overdue(phase, limit))));
    const begin = async (): Promise<T> => work(controller.signal);
    begin().then(
      (value) => settle({ kind: "passed", value }),
      (error: unknown) => settle({ kind: "failed", error: asStationError(error) }),
    );
  });
}

function overdue(phase: Phase, limit: Duration): StationError {
  return new StationError("run.phase-limit", `the ${phase} phase took longer than its limit`, {
    phase,
    limit: lasting(limit),
  });
}
