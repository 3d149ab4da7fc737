import type { Clock } from "./clock.ts";

// The one portable file that touches the platform's time; everything else takes a Clock.
declare function setTimeout(action: () => void, delay: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare const performance: { now(): number };

const LONGEST_TIMER = 2_147_483_647;

/** The platform's clock. Delays beyond 24.8 days, which the platform's timers cannot hold, are cut into pieces. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, action) {
    const timer = { id: undefined as unknown };
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST_TIMER);
      timer.id = setTimeout(() => (left > step ? arm(left - step) : action()), Math.max(0, step));
    };
    arm(delay);
    return () => clearTimeout(timer.id);
  },
};
