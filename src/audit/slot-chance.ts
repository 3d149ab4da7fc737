/** Runs of a slot that were judged, and how many of them failed. */
export type Trials = { readonly judged: number; readonly failed: number };

/** Of all reports about good slots, not more than this share may mark one. */
const FALSE_ALARMS = 0.01;
/** One failure can happen anywhere. */
const FEWEST = 2;

/**
 * How likely a slot fails at least so often by chance, if it fails no more often than the other slots of its fixture
 * (`all` with the slot itself): the upper tail of the binomial distribution. The others' share counts one failure and one
 * pass more than there were, so that a few spotless runs prove nothing.
 */
export function chanceOf(slot: Trials, all: Trials): number {
  if (slot.failed === 0) return 1;
  const share = (all.failed - slot.failed + 1) / (all.judged - slot.judged + 2);
  return upperTail(slot.failed, slot.judged, share);
}

/**
 * Whether a slot stands out: at least 2 failures, less likely by chance than 1 % divided by the number of slots (so that a
 * report on many good slots marks none of them, 99 times of 100).
 */
export function standsOut(slot: Trials, chance: number, slots: number): boolean {
  return slot.failed >= FEWEST && chance < FALSE_ALARMS / Math.max(1, slots);
}

/** P(X >= `least`) for X binomial of `trials` and `share`. */
export function upperTail(least: number, trials: number, share: number): number {
  if (least <= 0) return 1;
  if (share <= 0 || least > trials) return 0;
  if (share >= 1) return 1;
  // Below the mean the tail is nearly everything, and summed from its small side.
  if (least <= trials * share) return Math.max(0, 1 - sum(trials - least + 1, trials, 1 - share));
  return Math.min(1, sum(least, trials, share));
}

/** Terms from `from` upwards, which shrink: `from` lies above the mean. */
function sum(from: number, trials: number, share: number): number {
  const first = Math.exp(logChoose(trials, from) + from * Math.log(share) + (trials - from) * Math.log1p(-share));
  const odds = share / (1 - share);
  let [term, total] = [first, first];
  for (let hits = from; hits < trials && term > total * Number.EPSILON; hits++) {
    term *= ((trials - hits) / (hits + 1)) * odds;
    total += term;
  }
  return total;
}

function logChoose(of: number, some: number): number {
  return logFactorial(of) - logFactorial(some) - logFactorial(of - some);
}

/** ln(n!): exact for small numbers, Stirling's series beyond (off by less than 1e-10). */
function logFactorial(n: number): number {
  if (n < 32) {
    let log = 0;
    for (let factor = 2; factor <= n; factor++) log += Math.log(factor);
    return log;
  }
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n) - 1 / (360 * n ** 3);
}
