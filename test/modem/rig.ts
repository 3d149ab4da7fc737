import { milliseconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { AtChannel, type AtChannelOptions, type AtExchange } from "../../src/modem/at-channel.ts";
import { FakeLine, type FakeFarEnd } from "../fakes/fake-at-link.ts";
import { FakeModem, type FakeModemOptions } from "../fakes/fake-modem.ts";

/** A channel over a fake line in virtual time, with everything that it noticed. */
export type Rig = {
  readonly clock: VirtualClock;
  readonly line: FakeLine;
  readonly far: FakeFarEnd;
  readonly channel: AtChannel;
  readonly unsolicited: string[];
  readonly exchanges: AtExchange[];
};

/** A channel whose far end the test plays itself. */
export function rig(options: Partial<AtChannelOptions> = {}): Rig {
  const clock = new VirtualClock();
  const line = new FakeLine(clock);
  const unsolicited: string[] = [];
  const exchanges: AtExchange[] = [];
  const channel = new AtChannel(line.openNow(), { clock, observe: (exchange) => exchanges.push(exchange), ...options });
  channel.watch((notice) => {
    if (notice.kind === "notification") unsolicited.push(notice.line);
  });
  return { clock, line, far: line.far, channel, unsolicited, exchanges };
}

/** A channel to a fake modem. */
export function rigWithModem(modem: FakeModemOptions = {}, options: Partial<AtChannelOptions> = {}) {
  const parts = rig({ mode: modem.shell === true ? "shell" : "at", ...options });
  return { ...parts, modem: new FakeModem(parts.far, parts.clock, modem) };
}

/** Waits for `work` while virtual time passes, at most `limit` ms. */
export async function during<T>(clock: VirtualClock, work: Promise<T>, limit = 600_000): Promise<T> {
  const state = { over: false };
  const done = work.finally(() => {
    state.over = true;
  });
  done.catch(() => undefined);
  await clock.advance(milliseconds(0));
  for (let spent = 0; !state.over && spent < limit;) {
    const step = clock.untilNext() ?? milliseconds(limit);
    await clock.advance(step);
    spent += step;
  }
  return done;
}

/** The error that `work` ends with. */
export async function failureOf(work: Promise<unknown>): Promise<StationError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
  throw new StationError("station.internal", "the work did not fail");
}
