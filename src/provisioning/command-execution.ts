import { StationError } from "../core/error.ts";
import type { AtReply } from "../modem/at-port.ts";
import { atString, cString, wireLength } from "./at-string.ts";
import { isInterfaceFailure, tolerantly } from "./cmee.ts";
import type { AtCommand, ConfigCommand } from "./command.ts";
import {
  atOutcome,
  settingRefusedOutcome,
  tooLongOutcome,
  unansweredOutcome,
  type CommandOutcome,
} from "./command-outcome.ts";
import { ERRNO } from "./errno.ts";
import type { CommandPlace, ExecutionHost, ExecutionOptions } from "./execution-seam.ts";
import type { KeygenRetry } from "./keygen-retry.ts";

/** Announces an AT command, sends it and judges the answer. The modem is offline already. */
export async function executeAtCommand(
  command: AtCommand,
  place: CommandPlace,
  host: ExecutionHost,
  options: ExecutionOptions,
  retry: KeygenRetry,
): Promise<CommandOutcome> {
  const text = atString(command);
  const size = wireLength(text);
  const limit = options.limits.atBytes - 1;
  if (size > limit) return tooLongOutcome(command, size, limit);
  await host.announce(command, place);
  const answer = await answerOf(host, text);
  if (!(answer instanceof StationError)) return atOutcome(command, answer, options.compatibility);
  const deletion = options.compatibility === "default" ? retry.deleteBefore(command) : undefined;
  // A modem that restarted is online again, where it makes no keys.
  const isGone = answer.code.startsWith("link.") || answer.code === "at.rebooted";
  if (deletion === undefined || isGone || options.signal?.aborted === true) return unansweredOutcome(command, answer);
  await host.announce(command, place);
  await tolerantly(() => host.modem.send(deletion));
  const second = await answerOf(host, text);
  return second instanceof StationError
    ? unansweredOutcome(command, second)
    : atOutcome(command, second, options.compatibility);
}

/** The modem's answer, or the error of its interface. The signal is not handed on: a command in flight is waited for. */
async function answerOf(host: ExecutionHost, text: string): Promise<AtReply | StationError> {
  try {
    return await host.modem.send(text);
  } catch (error) {
    if (isInterfaceFailure(error)) return error;
    throw error;
  }
}

/** Announces a config command and writes its pairs one after the other up to the first that is refused (protocol.md 4.6). */
export async function executeConfigCommand(
  command: ConfigCommand,
  place: CommandPlace,
  host: ExecutionHost,
): Promise<CommandOutcome> {
  await host.announce(command, place);
  for (const [index, [key, value]] of command.properties.entries()) {
    const failure = await refusalOf(() => host.settings.write(cString(key), value));
    if (failure !== undefined) return settingRefusedOutcome(command, index, errnoNumber(failure), failure);
  }
  return { response: { kind: "config", id: command.id } };
}

async function refusalOf(write: () => Promise<void>): Promise<StationError | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    if (isInterfaceFailure(error)) return error;
    if (error instanceof StationError && error.code.startsWith("provisioning.setting-")) return error;
    throw error;
  }
}

/** The positive errno that a sink's error carries; EIO where it carries none. */
function errnoNumber(failure: StationError): number {
  const { errno } = failure.facts;
  return typeof errno === "number" && Number.isInteger(errno) && errno > 0 && errno < 2 ** 31 ? errno : ERRNO.EIO;
}
