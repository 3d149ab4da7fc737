import type { Clock } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";

export type IdleSweepParts = {
  readonly clock: Clock;
  /** Bytes that the process's objects take, those included that nobody holds any more. */
  readonly used: () => number;
  /** Takes away what nobody holds any more; takes the processor for some hundredths of a second. */
  readonly collect: () => void;
};

/** How long the last run is over: the results are with the core, and another slot's run may still need the processor. */
const REST = seconds(1);
/** What may lie about until the next sweep, in bytes: what some five runs leave behind. */
const LEFTOVERS = 1_500_000;
/** What is not left lying about until a rest comes: with tray after tray it may never come. */
const TOO_MUCH = 6_000_000;

/**
 * Keeps a worker as small as its first run leaves it. V8 lets old objects lie until tens of megabytes have gathered, or until the
 * process has not worked for a long time; the workers of a full tray are never given that time, and there may be 128 of them.
 */
export class IdleSweep {
  readonly #parts: IdleSweepParts;
  #clean: number | undefined;
  /** What the first run left, which stands for the clean process until a rest has come. */
  #first: number | undefined;
  #cancel: () => void = () => undefined;

  constructor(parts: IdleSweepParts) {
    this.#parts = parts;
  }

  /** No run is active: sweeps in a moment where that is worth it, at once where too much lies about. */
  rest(): void {
    this.#cancel();
    this.#first ??= this.#parts.used();
    if (this.#parts.used() - (this.#clean ?? this.#first) >= TOO_MUCH) {
      this.#sweep();
      return;
    }
    this.#cancel = this.#parts.clock.after(REST, () => this.#sweep());
  }

  /** A run begins, or the worker ends: nothing is swept now. */
  work(): void {
    this.#cancel();
  }

  #sweep(): void {
    const { used, collect } = this.#parts;
    if (this.#clean !== undefined && used() - this.#clean < LEFTOVERS) return;
    collect();
    this.#clean = used();
  }
}
