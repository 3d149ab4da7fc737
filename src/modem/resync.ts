import { sleep, type Clock } from "../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import { lasting, quantity } from "../core/fact.ts";
import { AtJob } from "./jobs.ts";
import type { ModemWire } from "./modem-wire.ts";
import { typedCommand, type AtMode } from "./typed-text.ts";

/** Silence that shows that nothing more is on its way. */
const QUIET = milliseconds(200);
/**
 * The same on a wire that was just opened, where no answer is outstanding: what the system still held comes at once, and adapters
 * keep bytes back for 16 ms. Each run begins with it.
 */
export const QUIET_AT_FIRST = milliseconds(50);
/** The longest wait for that silence; a board that never stops talking is tried all the same. */
const DRAIN = seconds(3);
/** How long each `AT` is waited for; a slow command may keep the modem busy behind its own limit. */
const TRIES = [seconds(1), seconds(2), seconds(3), seconds(4)] as const;

/**
 * Brings a wire whose last command got no answer back in step: drains it and repeats `AT` until a clean OK, with no other
 * line before it and nothing behind it. Ends within half a minute.
 * @throws StationError at.silent when not one byte came, at.unsynced when no clean OK came, link.*
 */
export async function resync(wire: ModemWire, clock: Clock, mode: AtMode): Promise<void> {
  const before = wire.feed.received;
  const started = clock.monotonic();
  for (const limit of TRIES) {
    await drain(wire, clock);
    if (await answersClean(wire, clock, mode, limit)) return;
  }
  const waited = lasting(milliseconds(clock.monotonic() - started));
  const facts = { port: wire.name, attempts: quantity(TRIES.length, "attempts"), waited };
  if (wire.feed.received === before) throw new StationError("at.silent", "the modem does not answer AT", facts);
  throw new StationError("at.unsynced", "the modem's answers to AT cannot be matched", facts);
}

/**
 * Waits until the wire has been quiet for a moment, at most a few seconds.
 * @param quiet how long a moment
 * @throws StationError link.*
 */
export async function drain(wire: ModemWire, clock: Clock, quiet: Duration = QUIET): Promise<void> {
  const end = clock.monotonic() + DRAIN;
  await sleep(clock, quiet);
  while (wire.feed.quietFor < quiet && clock.monotonic() < end) await sleep(clock, quiet);
  wire.refuseIfLost();
}

async function answersClean(
  wire: ModemWire,
  clock: Clock,
  mode: AtMode,
  limit: (typeof TRIES)[number],
): Promise<boolean> {
  const typed = typedCommand("AT", mode);
  const reply = await wire.perform(new AtJob("AT", typed), typed, limit).catch((error: unknown) => {
    if (asStationError(error).code.startsWith("link.")) throw error;
    return undefined;
  });
  if (reply?.final.kind !== "ok" || reply.lines.length > 0) return false;
  const strays = wire.strays;
  await sleep(clock, QUIET);
  wire.refuseIfLost();
  return wire.strays === strays;
}
