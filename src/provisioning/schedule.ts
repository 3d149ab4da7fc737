import { inSeconds } from "../core/duration.ts";
import { isBackoffResult } from "./events.ts";
import { LONGEST_INTERVAL, type ProvisioningOptions } from "./options.ts";
import type { SessionResult } from "./session-result.ts";

/** The memory of the scheduler; seconds as the library counts them (64 bits). */
export type ScheduleState = {
  /** Whether the first delay has still to be drawn. */
  readonly first: boolean;
  /** The interval in force; 0 stands for the option's, and for "not read yet" at the start. */
  readonly interval: bigint;
  /** The delay drawn last, spread included; doubled while there is no clock. */
  readonly delay: bigint;
  /** Whether the next step draws a new delay instead of running. */
  readonly reschedule: boolean;
  /** The next backoff in seconds; 0 while none is pending. */
  readonly backoff: number;
  /** Whether the last network event said "connected". */
  readonly networkUp: boolean;
};

/** The state after power-on: connected until told otherwise. */
export const SCHEDULE_AT_START: ScheduleState = {
  first: true,
  interval: 0n,
  delay: 1n,
  reschedule: false,
  backoff: 0,
  networkUp: true,
};

/** What a clock answers to a scheduler step: the time does not matter to it, only whether there is one. */
export type ClockReading = "known" | "unavailable" | "failed";

/** What a due step has to do. */
export type Step =
  | { readonly kind: "run" }
  /** Announce SCHEDULED_PROVISIONING and come back. */
  | { readonly kind: "announce"; readonly seconds: number }
  /** Come back without a word: no network. */
  | { readonly kind: "backoff"; readonly seconds: number }
  /** FATAL_ERROR: the chain of steps ends. */
  | { readonly kind: "fatal" };

/** A decision and the state after it. */
export type Decided<T> = { readonly state: ScheduleState; readonly next: T };

/** The longest backoff in seconds (protocol.md 2.5). */
const LONGEST_BACKOFF = 86_400;

/**
 * Decides a due step (protocol.md 2.4), after the settings were read again.
 * @param random a non-negative whole number; its remainder by the spread is added to the delay
 */
export function decideStep(
  state: ScheduleState,
  options: ProvisioningOptions,
  clock: ClockReading,
  random: number,
): Decided<Step> {
  if (!options.scheduled) return { state, next: { kind: "run" } };
  if (state.reschedule) return drawDelay(state, options, clock, random);
  if (state.networkUp) return { state, next: { kind: "run" } };
  const { state: after, seconds } = enterBackoff(state, options);
  return { state: after, next: { kind: "backoff", seconds } };
}

/** What follows a run: nothing, a step at once, or a step after a backoff (protocol.md 2.4, 2.5). */
export type AfterRun =
  { readonly kind: "nothing" } | { readonly kind: "step" } | { readonly kind: "backoff"; readonly seconds: number };

/** Decides what follows a run whose transport work ended with `result`. */
export function decideAfterRun(
  state: ScheduleState,
  options: ProvisioningOptions,
  result: SessionResult,
): Decided<AfterRun> {
  if (!options.scheduled) return { state, next: { kind: "nothing" } };
  if (result.kind === "failed" && isBackoffResult(result.errno)) {
    const { state: after, seconds } = enterBackoff(state, options);
    return { state: after, next: { kind: "backoff", seconds } };
  }
  return { state: askForDelay(state), next: { kind: "step" } };
}

/** Makes the next step draw a new delay; a pending backoff is forgotten. */
export function askForDelay(state: ScheduleState): ScheduleState {
  return { ...state, reschedule: true, backoff: 0 };
}

/** Takes a network event; `next` says whether a step is due at once, because a backoff was pending (protocol.md 2.5). */
export function noteNetwork(state: ScheduleState, options: ProvisioningOptions, up: boolean): Decided<boolean> {
  return { state: { ...state, networkUp: up }, next: up && options.scheduled && state.backoff > 0 };
}

function enterBackoff(
  state: ScheduleState,
  options: ProvisioningOptions,
): { readonly state: ScheduleState; readonly seconds: number } {
  const seconds = state.backoff === 0 ? inSeconds(options.initialBackoff) : state.backoff;
  return { state: { ...state, backoff: Math.min(seconds * 2, LONGEST_BACKOFF) }, seconds };
}

function drawDelay(
  state: ScheduleState,
  options: ProvisioningOptions,
  clock: ClockReading,
  random: number,
): Decided<Step> {
  const standard = BigInt(inSeconds(options.interval));
  if (!state.first && clock === "failed") return { state, next: { kind: "fatal" } };
  const interval = state.first && state.interval <= 0n ? standard : state.interval;
  const base = state.first ? state.delay : baseDelay({ ...state, interval }, standard, clock);
  const spread = BigInt(random % Math.max(1, inSeconds(options.spread)));
  const delay = BigInt.asIntN(64, base + spread);
  const seconds = secondsOf(delay, options);
  const after = { ...state, first: false, interval, delay, reschedule: false };
  return { state: after, next: seconds < 0 ? { kind: "fatal" } : { kind: "announce", seconds } };
}

function baseDelay(state: ScheduleState, standard: bigint, clock: ClockReading): bigint {
  if (clock === "known") return state.interval === 0n ? standard : state.interval;
  const doubled = state.delay * 2n;
  return doubled > standard ? standard : doubled;
}

/**
 * The library hands the delay on as a 32-bit number, so that long intervals become negative (fatal) or short
 * (protocol.md 2.4); by default a delay is cut at the longest one that this client takes from its own callers.
 */
function secondsOf(delay: bigint, options: ProvisioningOptions): number {
  if (options.compatibility === "strict") return Number(BigInt.asIntN(32, delay));
  const longest = BigInt(inSeconds(LONGEST_INTERVAL));
  return Number(delay > longest || delay < 0n ? longest : delay);
}
