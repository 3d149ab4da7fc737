import { sleep, type Clock } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import { lasting, quantity } from "../core/fact.ts";
import type { AtPort } from "../modem/at-port.ts";
import { ask } from "../modem/commands/ask.ts";
import { CFUN, readFunctionalMode } from "../modem/commands/functional-mode.ts";
import { isRegistered, readRegistration } from "../modem/commands/registration.ts";
import type { ShellPort } from "../modem/shell-port.ts";
import type { AtMode } from "../modem/typed-text.ts";
import { changeMode } from "./change-mode.ts";
import type { DeviceFirmware } from "./device-report.ts";

/** What starts a session, as people type it. */
export const START_COMMAND: Readonly<Record<DeviceFirmware, string>> = {
  "serial-modem": "AT#XNRFPROV",
  "zephyr-shell": "nrf_provisioning now",
};

/** The modem and the shell of a board as one phase may use them. */
export type DevicePorts = { readonly modem: AtPort; readonly shell: ShellPort; readonly mode: AtMode };

const LOOK = seconds(1);
const START_LIMIT = seconds(15);
/** How long a modem may take to find its network; a first search over all bands takes long. */
const NETWORK_LIMIT = seconds(180);

/**
 * Passes when the port is of the kind and the firmware has the command, as far as it can be asked without starting anything.
 * @throws StationError device.wrong-port, device.unsupported; at.*, link.*
 */
export async function checkFirmware(by: DeviceFirmware, { modem, mode }: DevicePorts): Promise<void> {
  const wanted = by === "serial-modem" ? "at" : "shell";
  if (mode !== wanted) {
    const what = wanted === "at" ? "Serial Modem's port takes plain AT commands" : "the port has no Zephyr shell";
    throw new StationError("device.wrong-port", what, { by, mode });
  }
  if (by === "zephyr-shell") return;
  const reply = await modem.send(`${START_COMMAND[by]}=?`);
  if (reply.final.kind !== "ok") throw unsupported(by);
}

/**
 * Waits until the board's modem is registered. Serial Modem leaves the mode to its host, so the modem is switched on for it;
 * a board with an application of its own does that itself.
 * @param until on the monotonic clock, ms
 * @throws StationError device.no-network, run.mode-refused, at.*, link.*; the signal's reason
 */
export async function awaitNetwork(
  by: DeviceFirmware,
  modem: AtPort,
  { clock, until }: { readonly clock: Clock; readonly until: number },
  signal: AbortSignal,
): Promise<void> {
  const begun = clock.monotonic();
  const end = Math.min(until, begun + NETWORK_LIMIT);
  if (by === "serial-modem" && (await readFunctionalMode(modem)) !== CFUN.normal) await changeMode(modem, CFUN.normal);
  for (;;) {
    const state = await readRegistration(modem);
    if (isRegistered(state)) return;
    if (clock.monotonic() + LOOK > end) {
      const facts = { by, registration: state, waited: lasting(seconds((clock.monotonic() - begun) / 1000)) };
      throw new StationError("device.no-network", "the board's modem is not registered in a network", facts);
    }
    await sleep(clock, LOOK, signal);
  }
}

/**
 * Starts a session; the lines that came with the answer are returned, as a report may be among them.
 * @throws StationError device.start-refused, device.unsupported; at.*, link.*
 */
export async function startSession(by: DeviceFirmware, { modem, shell }: DevicePorts): Promise<readonly string[]> {
  const command = START_COMMAND[by];
  if (by === "zephyr-shell") return startByShell(by, await shell.run(command));
  try {
    return (await ask(modem, command, { limit: START_LIMIT })).lines;
  } catch (error) {
    const cause = asStationError(error);
    if (/^at\.(?:timeout|silent|rebooted|unsynced|overflow)$|^link\.|^run\.|^station\./.test(cause.code)) throw cause;
    throw new StationError("device.start-refused", "the board does not start a session", { by, command }, { cause });
  }
}

const UNKNOWN = /command not found|^Subcommands:|wrong parameter count/i;
/** The library's shell prints a sentence with a number where the call failed, and nothing where it went well. */
const REFUSED = /\b(?:error|failed|err|not initiali[sz]ed|cannot|unable)\b/i;

function startByShell(by: DeviceFirmware, lines: readonly string[]): readonly string[] {
  if (lines.some((line) => UNKNOWN.test(line))) throw unsupported(by);
  // A token may stand among the lines of a session that went on before: only short sentences are looked at.
  if (!lines.some((line) => line.length <= 120 && line.includes(" ") && REFUSED.test(line))) return lines;
  const facts = { by, command: START_COMMAND[by], lines: quantity(lines.length, "lines") };
  throw new StationError("device.start-refused", "the board's shell does not start a session", facts);
}

function unsupported(by: DeviceFirmware): StationError {
  const facts = { by, command: START_COMMAND[by] };
  return new StationError("device.unsupported", "the board's firmware does not know the command", facts);
}
