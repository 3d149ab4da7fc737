import type { Phase } from "../contract/common.ts";
import { minutes, seconds, type Duration } from "../core/duration.ts";
import { codeEntry } from "../core/error-codes.ts";
import type { StationError } from "../core/error.ts";

/** One row of the table: how long an attempt may take, how many there are, the pause before the second (doubled later). */
export type PhaseRule = {
  readonly limit: Duration;
  readonly attempts: number;
  readonly pause: Duration;
  /** The layers whose errors may be repeated, if the error's code says that trying again may help. */
  readonly repeats: readonly string[];
};

/**
 * The phases of a run (design.md 6). The limits are those of the longest commands of a phase (at.md 1, Timing) with room:
 * identify, check and verify 5 s a query; claim an attestation token of 10 s and some 30 requests; provision a list of 20 commands
 * with a key generation of 60 s; release the 120 s of `CFUN=1`.
 */
export const PHASE_TABLE: Readonly<Record<Phase, PhaseRule>> = {
  connect: { limit: seconds(30), attempts: 2, pause: seconds(1), repeats: ["link", "at"] },
  identify: { limit: seconds(60), attempts: 2, pause: seconds(1), repeats: ["at"] },
  check: { limit: seconds(60), attempts: 1, pause: seconds(0), repeats: [] },
  claim: { limit: minutes(3), attempts: 3, pause: seconds(2), repeats: ["cloud", "transport", "at"] },
  provision: {
    limit: minutes(30),
    attempts: 3,
    pause: seconds(5),
    repeats: ["transport", "dtls", "coap", "provisioning", "device"],
  },
  verify: { limit: minutes(2), attempts: 2, pause: seconds(1), repeats: ["at"] },
  release: { limit: minutes(4), attempts: 1, pause: seconds(1), repeats: [] },
};

/** Whether the table lets a phase be tried again after an error. */
export function mayRepeat(rule: PhaseRule, attempt: number, error: StationError): boolean {
  const layer = error.code.slice(0, error.code.indexOf("."));
  return attempt < rule.attempts && rule.repeats.includes(layer) && codeEntry(error.code).retry;
}

const LONGEST_PAUSE = minutes(1);

/** The pause before the next attempt: doubled each time; a waiting time that the service names wins, up to a minute. */
export function pauseBefore(rule: PhaseRule, attempt: number, error: StationError): Duration {
  const { retryAfter } = error.facts;
  const asked =
    typeof retryAfter === "object" && retryAfter !== null && retryAfter.unit === "ms" ? retryAfter.value : 0;
  const own = rule.pause * 2 ** (attempt - 1);
  return seconds(Math.min(LONGEST_PAUSE, Math.max(own, asked)) / 1000);
}
