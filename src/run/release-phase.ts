import type { Release } from "../contract/run-event.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import { CFUN, readFunctionalMode, setFunctionalMode } from "../modem/commands/functional-mode.ts";
import { setErrorReports } from "../modem/commands/session.ts";
import type { FoundState, ModemHold } from "./modem-hold.ts";

/** How the modem was left, and why it could not be left as asked. */
export type ReleaseEnd = { readonly release: Release; readonly error?: StationError };

/** What to do with the modem in the end: back to how it was found, or off. */
export type ReleaseWish = "restore" | "power-off";

/**
 * Leaves the modem as it was found, or powered off, and closes its line. A line that was lost is opened once more for it,
 * so that a modem is not left offline because of a loose cable. Never throws.
 * @param portOf the open modem as the phase may use it
 */
export async function releaseModem(
  hold: ModemHold,
  wish: ReleaseWish,
  portOf: () => AtPort,
  signal: AbortSignal,
): Promise<ReleaseEnd> {
  try {
    const { found } = hold;
    if (found === undefined) return hold.deaf ? unreachable(neverAnswered()) : { release: "untouched" };
    if (!hold.isOpen) await hold.open(signal);
    return await putBackOrReopen(hold, wish, found, portOf, signal);
  } catch (error) {
    return unreachable(asStationError(error));
  } finally {
    await hold.close().catch(() => undefined);
  }
}

async function putBackOrReopen(
  hold: ModemHold,
  wish: ReleaseWish,
  found: FoundState,
  portOf: () => AtPort,
  signal: AbortSignal,
): Promise<ReleaseEnd> {
  try {
    return { release: await putBack(portOf(), wish, found) };
  } catch (error) {
    const { code } = asStationError(error);
    if (!code.startsWith("link.") && code !== "at.rebooted") throw error;
    if (code.startsWith("link.")) await hold.open(signal);
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
