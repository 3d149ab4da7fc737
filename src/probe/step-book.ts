import type { TestStep, TestStepName } from "../contract/service-test.ts";
import type { Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import { reportOf, StationError } from "../core/error.ts";
import { lasting, type Facts } from "../core/fact.ts";

/** What a step book needs. */
export type StepBookParts = {
  readonly clock: Clock;
  /** How long one step may take. */
  readonly limit: Duration;
  /** Aborts the whole test: a person cancelled it. */
  readonly signal: AbortSignal;
  /** Told of each change, with all steps as they stand. */
  readonly onChange: (steps: readonly TestStep[]) => void;
};

/** The steps of one way: which one is under way, how long each took, and a signal that ends one that takes too long. */
export class StepBook {
  readonly #parts: StepBookParts;
  readonly #late = new AbortController();
  readonly #steps: TestStep[];
  /** Aborts when the person cancels, and when a step has taken longer than its limit. */
  readonly signal: AbortSignal;
  #startedAt = 0;
  #cancelLimit: () => void = () => undefined;

  /** Begins the first step. */
  constructor(names: readonly TestStepName[], parts: StepBookParts) {
    this.#parts = parts;
    this.#steps = names.map((step) => ({ step, state: "waiting" }));
    this.signal = AbortSignal.any([parts.signal, this.#late.signal]);
    this.#begin(names[0]);
  }

  get steps(): readonly TestStep[] {
    return [...this.#steps];
  }

  get current(): TestStepName | undefined {
    return this.#steps.find(({ state }) => state === "running")?.step;
  }

  /** The way has come to a step: those before it have passed. Harmless for the current one, those passed and unknown ones. */
  reach(name: TestStepName): void {
    const state = this.#steps.find(({ step }) => step === name)?.state;
    if (state !== "waiting") return;
    while (this.current !== name && this.current !== undefined) this.pass();
  }

  /** The current step has passed; the next one begins, if there is one. */
  pass(facts: Facts = {}): void {
    this.#end(Object.keys(facts).length === 0 ? { state: "passed" } : { state: "passed", facts });
    this.#begin(this.#steps.find(({ state }) => state === "waiting")?.step);
  }

  /** The current step has failed, or was cancelled by the person: those behind it are not reached. */
  fail(error: unknown): void {
    const cancelled = this.#parts.signal.aborted;
    this.#end(cancelled ? { state: "cancelled" } : { state: "failed", error: reportOf(error) });
    for (const [index, step] of this.#steps.entries())
      if (step.state === "waiting") this.#steps[index] = { ...step, state: "not-reached" };
    this.#parts.onChange(this.steps);
  }

  #begin(name: TestStepName | undefined): void {
    const index = this.#steps.findIndex(({ step }) => step === name);
    const { clock, limit, onChange } = this.#parts;
    if (name !== undefined) {
      this.#steps[index] = { step: name, state: "running" };
      this.#startedAt = clock.monotonic();
      this.#cancelLimit = clock.after(limit, () => {
        const facts = { step: name, limit: lasting(limit) };
        this.#late.abort(new StationError("transport.timeout", "the step took longer than its limit", facts));
      });
    }
    onChange(this.steps);
  }

  #end(how: Pick<TestStep, "state" | "facts" | "error">): void {
    this.#cancelLimit();
    const index = this.#steps.findIndex(({ state }) => state === "running");
    const step = this.#steps[index];
    if (step === undefined) return;
    this.#steps[index] = { step: step.step, elapsedMs: this.#parts.clock.monotonic() - this.#startedAt, ...how };
  }
}
