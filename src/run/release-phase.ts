import type { Release } from "../contract/run-event.ts";
import { sleep, type Clock } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { codeEntry } from "../core/error-codes.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import { CFUN, readFunctionalMode, setFunctionalMode } from "../modem/commands/functional-mode.ts";
import { setErrorReports } from "../modem/commands/session.ts";
import type { FoundState, ModemHold } from "./modem-hold.ts";

/** How the modem was left, and why it could not be left as asked. */
export type ReleaseEnd = { readonly release: Release; readonly error?: StationError };

/** What to do with the modem in the end: back to how it was found, or off. */
export type ReleaseWish = "restore" | "power-off";

/** What a release works with. */
export type ReleaseParts = { readonly hold: ModemHold; readonly wish: ReleaseWish; readonly clock: Clock };

/** A hub that was reset, and a serial server that restarts its port, bring their ports back within seconds. */
const REOPENINGS = 6;
const BETWEEN = seconds(1);

/**
 * Leaves the modem as it was found, or powered off, and closes its line. A line that was lost is opened anew for it, tried for
 * some seconds, so that a modem is not left offline because of a loose cable or a hub that starts again. An answer that was
 * lost is asked for once more. Never throws.
 * @param portOf the open modem as the phase may use it
 */
export async function releaseModem(
  parts: ReleaseParts,
  portOf: () => AtPort,
  signal: AbortSignal,
): Promise<ReleaseEnd> {
  const { hold } = parts;
  try {
    const { found } = hold;
    if (found === undefined) return hold.deaf ? unreachable(neverAnswered()) : { release: "untouched" };
    if (!hold.isOpen) await reopen(parts, signal);
    return await putBackOrReopen(parts, found, portOf, signal);
  } catch (error) {
    return unreachable(asStationError(error));
  } finally {
    await hold.close().catch(() => undefined);
  }
}

/** @throws StationError of the last opening */
async function reopen({ hold, clock }: ReleaseParts, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      await hold.open(signal);
      return;
    } catch (error) {
      const { code } = asStationError(error);
      if (tries >= REOPENINGS || !code.startsWith("link.") || !codeEntry(code).retry) throw error;
      await sleep(clock, BETWEEN, signal);
    }
}

async function putBackOrReopen(
  parts: ReleaseParts,
  found: FoundState,
  portOf: () => AtPort,
  signal: AbortSignal,
): Promise<ReleaseEnd> {
  const { wish } = parts;
  try {
    return { release: await putBack(portOf(), wish, found) };
  } catch (error) {
    const { code } = asStationError(error);
    if (!code.startsWith("link.") && code !== "at.rebooted" && code !== "at.timeout") throw error;
    if (code.startsWith("link.")) await reopen(parts, signal);
    return { release: await putBack(portOf(), wish, found) };
  }
}

async function putBack(port: AtPort, wish: ReleaseWish, found: FoundState): Promise<Release> {
  const wanted = wish === "power-off" ? CFUN.off : found.mode;
  if ((await readFunctionalMode(port)) !== wanted) await changeMode(port, wanted);
  await setErrorReports(port, found.errorReports);
  if (found.echo) await port.send("ATE1");
  return wish === "power-off" ? "powered-off" : "restored";
}

async function changeMode(port: AtPort, mode: number): Promise<void> {
  try {
    await setFunctionalMode(port, mode);
  } catch (error) {
    const cause = asStationError(error);
    if (cause.code === "at.silent" || cause.code === "at.timeout" || cause.code.startsWith("link.")) throw cause;
    const what = "the modem does not go back to its functional mode";
    throw new StationError("run.release-refused", what, { ...cause.facts, mode }, { cause });
  }
}

function neverAnswered(): StationError {
  return new StationError("at.silent", "the modem never answered, so it could not be released");
}

function unreachable(error: StationError): ReleaseEnd {
  return { release: "unreachable", error };
}
