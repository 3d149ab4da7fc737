import { sleep, withLimit, type Clock } from "../core/clock.ts";
import { inSeconds, seconds } from "../core/duration.ts";
import { asStationError } from "../core/error.ts";
import { lasting } from "../core/fact.ts";
import type { AtPort } from "../modem/at-port.ts";
import type { EventCallback } from "./events.ts";
import { failure, failureOf, throwIfStopped, type Failure } from "./failure.ts";
import { OFFLINE_MODE, readFunctionalMode } from "./functional-mode.ts";
import type { ProvisioningOptions } from "./options.ts";

/** What waiting for the modem's state takes. */
export type ModemWatch = {
  readonly modem: AtPort;
  readonly clock: Clock;
  readonly options: ProvisioningOptions;
  /** Raises an event; the promise, where there is one, is the host's work of changing the mode. */
  readonly raise: EventCallback;
  /** The network flag: whether the last network event said "connected". */
  readonly networkUp: () => boolean;
};

/**
 * Raises the event and waits for the state (protocol.md 2.6): looks at once, then once per second, as often as
 * MODEM_STATE_WAIT_TIMEOUT_SECONDS says. Offline means CFUN 4; online means the network flag, and then a pause for the
 * IPv6 address. CFUN is read for online too, only to notice a dead modem.
 * @returns undefined when the state is reached, else the library's result with the reason
 * @throws the signal's reason
 */
export async function waitForModem(
  state: "offline" | "online",
  watch: ModemWatch,
  signal?: AbortSignal,
): Promise<Failure | undefined> {
  const asked = await askHost(state, watch, signal);
  if (asked !== undefined) return asked;
  const limit = watch.options.modemStateWaitTimeout;
  for (let look = 0; look < inSeconds(limit); look++) {
    const mode = await readMode(watch.modem, signal);
    if (typeof mode !== "number") return mode;
    if (state === "offline" && mode === OFFLINE_MODE) return undefined;
    if (state === "online" && watch.networkUp()) return settle(watch, signal);
    await sleep(watch.clock, seconds(1), signal);
  }
  const facts = { state, limit: lasting(limit) };
  return failure("ETIMEDOUT", "provisioning.mode-not-reached", `the modem did not go ${state} in time`, facts);
}

async function askHost(
  state: "offline" | "online",
  watch: ModemWatch,
  signal: AbortSignal | undefined,
): Promise<Failure | undefined> {
  const limit = watch.options.modemStateWaitTimeout;
  const what = `the host did not bring the modem ${state} in time`;
  const onLimit = { code: "provisioning.mode-not-reached", what, facts: { state } } as const;
  try {
    const work = watch.raise({ type: state === "offline" ? "NEED_LTE_DEACTIVATED" : "NEED_LTE_ACTIVATED" });
    if (work !== undefined) await withLimit(watch.clock, limit, onLimit, () => work, signal);
    return undefined;
  } catch (error) {
    throwIfStopped(signal);
    return failureOf("ETIMEDOUT", asStationError(error));
  }
}

async function readMode(modem: AtPort, signal: AbortSignal | undefined): Promise<number | Failure> {
  try {
    const mode = await readFunctionalMode(modem);
    throwIfStopped(signal);
    if (mode !== undefined) return mode;
    return failure("EFAULT", "provisioning.mode-unreadable", "the modem does not tell its functional mode");
  } catch (error) {
    throwIfStopped(signal);
    return failureOf("EFAULT", asStationError(error));
  }
}

async function settle(watch: ModemWatch, signal: AbortSignal | undefined): Promise<undefined> {
  if (watch.options.onlineSettle > 0) await sleep(watch.clock, watch.options.onlineSettle, signal);
  return undefined;
}
