import type { Clock } from "../../core/clock.ts";
import { seconds } from "../../core/duration.ts";

const EVERY = seconds(1);
/** What a busy computer may be late by, ms. */
const TOLERATED = 1000;

/**
 * Tells when the wall clock went ahead of the clock that never jumps: somebody set it, or the computer slept, in which time the
 * other one may have stood still. The answer ends it.
 */
export function watchJumps(clock: Clock, onJump: (ahead: number) => void): () => void {
  const watch = { ahead: clock.now() - clock.monotonic(), cancel: (): void => undefined };
  const look = (): void => {
    const ahead = clock.now() - clock.monotonic();
    const jump = ahead - watch.ahead;
    watch.ahead = ahead;
    if (jump > TOLERATED) onJump(jump);
    watch.cancel = clock.after(EVERY, look);
  };
  watch.cancel = clock.after(EVERY, look);
  return () => watch.cancel();
}
