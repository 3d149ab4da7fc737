import { sleep, type Clock } from "../core/clock.ts";
import { milliseconds, type Duration } from "../core/duration.ts";
import type { OwnerAnswer, OwnerCall } from "./owner-api.ts";
import { retryAfter } from "./owner-refusal.ts";

/** How often one request is sent in all. */
const TRIES = 6;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

/**
 * Sends a request again while the service asks the station to slow down. Only what was refused without effect is repeated: 429
 * to any request, 503 to those whose repeat is harmless (GET, DELETE).
 * @param spread a number from 0 to 1 that is another for each run, so that the slots of a tray do not come back together
 * @returns the first answer that is something else, or the last of six
 * @throws the signal's reason
 */
export async function patiently(
  call: OwnerCall,
  once: () => Promise<OwnerAnswer>,
  { clock, spread }: { readonly clock: Clock; readonly spread: number },
  signal?: AbortSignal,
): Promise<OwnerAnswer> {
  for (let tries = 1; ; tries++) {
    const answer = await once();
    const slowDown = answer.status === 429 || (answer.status === 503 && call.method !== "POST");
    if (!slowDown || tries >= TRIES) return answer;
    await sleep(clock, pauseAfter(answer, tries, spread), signal);
  }
}

/** Doubled each time; a waiting time that the service names counts as the least. Up to twice as long by the spread. */
function pauseAfter(answer: OwnerAnswer, tries: number, spread: number): Duration {
  const own = FIRST_PAUSE * 2 ** (tries - 1);
  const asked = retryAfter(answer.retryAfter) ?? 0;
  return milliseconds(Math.min(LONGEST_PAUSE, Math.max(own, asked) + spread * own));
}
