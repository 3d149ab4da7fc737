import { sleep } from "../core/clock.ts";
import { inSeconds, seconds } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import { lasting } from "../core/fact.ts";
import type { Secret } from "../core/secret.ts";
import type { HostClock } from "./client-ports.ts";
import { failureEventName, type ProvisioningEvent } from "./events.ts";
import { readAttestationToken } from "./modem-queries.ts";
import { failed, type SessionOutcome, type SessionResult } from "./session-result.ts";
import { countsOf, emptyTally, type SessionSupport, type SessionTally } from "./session-support.ts";

/** What one run takes beside the session's needs. */
export type AttemptPorts = {
  readonly support: SessionSupport;
  readonly hostClock: HostClock;
  /** The transport work. */
  readonly session: (tally: SessionTally, signal?: AbortSignal) => Promise<SessionResult>;
  /** Called before DONE is raised: stores the correlation id where the build says so. */
  readonly saveId: () => Promise<void>;
  /** Called between the result event and STOP; not called when the time was missing (protocol.md 2.4). */
  readonly conclude: (result: SessionResult) => void;
};

/**
 * One run from START to STOP (protocol.md 2.1): waits for the host's time, does the transport work, raises the one
 * result event. It never throws: whatever happened is in the outcome, a deliberate stop included.
 */
export async function runAttempt(ports: AttemptPorts, signal?: AbortSignal): Promise<SessionOutcome> {
  const { support } = ports;
  const tally = emptyTally();
  raise(support, { type: "START" });
  const result = await guarded(async () => {
    if (await hasTime(ports, signal)) return ports.session(tally, signal);
    return undefined;
  });
  if (result === undefined) return endWithoutTime(support, tally);
  if (result.kind === "finished") await ports.saveId();
  raise(support, await resultEvent(result, support, signal));
  ports.conclude(result);
  raise(support, { type: "STOP" });
  return outcomeOf(result, tally, support.latestId());
}

/** The outcome of a run, for whoever judges the unit. */
export function outcomeOf(result: SessionResult, tally: SessionTally, latestId: string): SessionOutcome {
  const own = result.kind === "finished" ? undefined : result.error;
  const error = own ?? tally.reportFailure ?? tally.commandFailure;
  return {
    result: result.kind === "finished" ? "done" : result.kind,
    ...(result.kind === "failed" ? { errno: result.errno } : {}),
    ...(error === undefined ? {} : { error }),
    ...(tally.commandFailure === undefined ? {} : { commandFailure: tally.commandFailure }),
    rounds: tally.rounds,
    commands: countsOf(tally),
    latestId,
  };
}

async function guarded(work: () => Promise<SessionResult | undefined>): Promise<SessionResult | undefined> {
  try {
    return await work();
  } catch (error) {
    return failed("EIO", asStationError(error));
  }
}

/** Looks every second whether the host knows the time, for at most VALID_DATE_TIME_TIMEOUT_SECONDS. */
async function hasTime(ports: AttemptPorts, signal?: AbortSignal): Promise<boolean> {
  const limit = ports.support.options.validDateTimeTimeout;
  for (let look = 0; look < inSeconds(limit); look++) {
    if (ports.hostClock.isValid()) return true;
    await sleep(ports.support.clock, seconds(1), signal);
  }
  return false;
}

function endWithoutTime(support: SessionSupport, tally: SessionTally): SessionOutcome {
  const facts = { limit: lasting(support.options.validDateTimeTimeout) };
  const error = new StationError("provisioning.host-time-missing", "the station has no valid time", facts);
  raise(support, { type: "FAILED_NO_VALID_DATETIME", error });
  raise(support, { type: "STOP" });
  return outcomeOf(failed("ETIMEDOUT", error), tally, support.latestId());
}

/** The one event that tells how a run ended (protocol.md 10). */
async function resultEvent(
  result: SessionResult,
  support: SessionSupport,
  signal?: AbortSignal,
): Promise<ProvisioningEvent> {
  if (result.kind === "finished") return { type: "DONE" };
  if (result.kind === "no-commands") return { type: "NO_COMMANDS" };
  const { errno, error } = result;
  const type = failureEventName(errno);
  if (type === "NO_COMMANDS") return { type };
  if (type !== "FAILED_DEVICE_NOT_CLAIMED") return { type, error };
  const token = await tokenFor(support, signal);
  return token === undefined ? { type, error } : { type, error, token };
}

/** The token to claim the unit with; the event goes without it when the modem makes none. */
async function tokenFor(support: SessionSupport, signal?: AbortSignal): Promise<Secret | undefined> {
  if (!support.options.provideAttestationToken || signal?.aborted === true) return undefined;
  try {
    const token = await readAttestationToken(support.modem, signal);
    return token.kind === "ok" ? token.value : undefined;
  } catch {
    return undefined;
  }
}

/** Raises an event whose host has nothing to be waited for. */
function raise(support: SessionSupport, event: ProvisioningEvent): void {
  void support.raise(event);
}
