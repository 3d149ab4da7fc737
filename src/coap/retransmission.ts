import type { Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import type { CoapTiming } from "./channel.ts";

/** What a confirmable message needs to be sent until it is acknowledged. */
export type Retransmission = {
  readonly clock: Clock;
  readonly timing: CoapTiming;
  /** 0 to 1, where in the span of the first wait (RFC 7252 section 4.2). */
  readonly spread: number;
  readonly send: () => void;
  /** Called once when the last wait has passed. */
  readonly onGiveUp: () => void;
};

/** Sends at once and again after each wait, which doubles, until stopped. @returns stops it */
export function retransmit({ clock, timing, spread, send, onGiveUp }: Retransmission): () => void {
  const state = { sent: 0, stopped: false, cancel: (): void => undefined };
  const wait = timing.ackTimeout * (1 + spread * (timing.randomFactor - 1));
  const next = (): void => {
    if (state.stopped) return;
    if (state.sent > timing.maxRetransmit) {
      onGiveUp();
      return;
    }
    const delay = (wait * 2 ** state.sent) as Duration;
    state.sent += 1;
    state.cancel = clock.after(delay, next);
    send();
  };
  next();
  return () => {
    state.stopped = true;
    state.cancel();
  };
}
