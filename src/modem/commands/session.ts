import { seconds } from "../../core/duration.ts";
import { asStationError } from "../../core/error.ts";
import type { AtOptions, AtPort } from "../at-port.ts";
import { ask, behind, firstOf } from "./ask.ts";

/** A modem answers `AT` within this, if it answers at all. */
const SYNC_LIMIT = seconds(2);
const SYNC_TRIES = 3;

/**
 * Makes sure that a modem answers: `AT` until OK, at most three times, since the first one after power-up may get ERROR or
 * nothing (peers.md 4.7).
 * @throws StationError at.silent when nothing at all comes back, at.unsynced when only garbage does, link.*
 */
export async function sync(port: AtPort, options: AtOptions = {}): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      await ask(port, "AT", { limit: SYNC_LIMIT, ...options });
      return;
    } catch (error) {
      const { code } = asStationError(error);
      const again = code === "at.timeout" || code === "at.rejected" || code === "at.rebooted";
      if (!again || tried >= SYNC_TRIES) throw error;
    }
  }
}

/** Turns the modem's echo off; firmware that does not know the command never echoes, so its ERROR counts as done. */
export async function echoOff(port: AtPort, options: AtOptions = {}): Promise<void> {
  await port.send("ATE0", options);
}

/** Whether errors come with a number: 0 plain `ERROR`, 1 `+CME ERROR: n` (at.md 2). @throws StationError at.*, link.* */
export async function readErrorReports(port: AtPort, options: AtOptions = {}): Promise<0 | 1> {
  const command = "AT+CMEE?";
  const reply = await ask(port, command, options);
  return firstOf(command, reply, "+CMEE: 0 or 1", (line) => {
    const value = behind("+CMEE", line);
    return value === "0" ? 0 : value === "1" ? 1 : undefined;
  });
}

/** Sets how errors are reported; see {@link readErrorReports}. @throws StationError at.*, link.* */
export async function setErrorReports(port: AtPort, mode: 0 | 1, options: AtOptions = {}): Promise<void> {
  await ask(port, `AT+CMEE=${mode}`, options);
}
