import type { Duration } from "./duration.ts";
import { StationError } from "./error.ts";
import type { ErrorCode } from "./error-codes.ts";
import { lasting, type Facts } from "./fact.ts";

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly __instant?: never };

/** Time as the portable code sees it; real (`real-clock.ts`) or driven by a test (`virtual-clock.ts`). */
export interface Clock {
  /** The wall clock; may jump when the system's clock is set. */
  now(): Instant;
  /** Milliseconds on a clock that never jumps; only differences mean something. */
  monotonic(): number;
  /** Calls `action` once after `delay`; the answer cancels it. */
  after(delay: Duration, action: () => void): () => void;
}

/**
 * Waits for `delay`.
 * @throws the signal's reason when it aborts first
 */
export function sleep(clock: Clock, delay: Duration, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortReason(signal));
      return;
    }
    const onAbort = (): void => {
      cancel();
      if (signal !== undefined) reject(abortReason(signal));
    };
    const cancel = clock.after(delay, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** What happens when a limited wait is over: code, sentence and facts of the error; the limit is added to the facts. */
export type LimitError = { readonly code: ErrorCode; readonly what: string; readonly facts?: Facts };

/**
 * Runs `work` with a signal that aborts when `limit` has passed or the outer signal aborts.
 * The answer settles as soon as the limit passes, even when `work` ignores its signal.
 * @throws StationError of `onLimit` after the limit; the outer signal's reason when that aborts
 */
export function withLimit<T>(
  clock: Clock,
  limit: Duration,
  onLimit: LimitError,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const stop = (reason: Error): void => {
      settle();
      controller.abort(reason);
      reject(reason);
    };
    const onOuter = (): void => {
      if (outer !== undefined) stop(abortReason(outer));
    };
    const cancel = clock.after(limit, () =>
      stop(new StationError(onLimit.code, onLimit.what, { ...onLimit.facts, limit: lasting(limit) })),
    );
    const settle = (): void => {
      cancel();
      outer?.removeEventListener("abort", onOuter);
    };
    outer?.addEventListener("abort", onOuter, { once: true });
    if (outer?.aborted === true) {
      onOuter();
      return;
    }
    work(controller.signal).then(resolve, reject).finally(settle).catch(reject);
  });
}

/** The reason of an aborted signal as an error. */
export function abortReason(signal: AbortSignal): Error {
  if (signal.reason instanceof StationError) return signal.reason;
  return new StationError("station.aborted", "stopped", {}, { cause: signal.reason });
}
