import { abortReason } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { cString } from "./at-string.ts";
import { enableErrorCodes, isInterfaceFailure, restoreErrorCodes } from "./cmee.ts";
import type { Command, CommandResponse, FinishedCommand } from "./command.ts";
import { executeAtCommand, executeConfigCommand } from "./command-execution.ts";
import type { CommandOutcome } from "./command-outcome.ts";
import { examineCommandList, refusalOf } from "./command-list-decoder.ts";
import type { Errno } from "./errno.ts";
import type { CommandPlace, ExecuteList, Execution, ExecutionHost, ExecutionOptions } from "./execution-seam.ts";
import { OFFLINE_MODE, readFunctionalMode } from "./functional-mode.ts";
import { KeygenRetry } from "./keygen-retry.ts";
import { encodeResponseList } from "./response-list-encoder.ts";

/**
 * Decodes and executes a command list (protocol.md 4.1): CMEE on; AT commands with the modem offline, config commands
 * into the settings sink, in order, up to the first failure; CMEE restored; back online; FINISHED acknowledged last when
 * nothing failed. What a failed list changed stays changed.
 * An aborted signal lets the command in flight end, restores CMEE, and stops.
 * @throws StationError the signal's reason, or what {@link ExecutionHost.announce} or the host's waits threw
 */
export const executeCommandList: ExecuteList = async (payload, host, options) => {
  const list = examineCommandList(payload, options.limits);
  if (!list.accepted)
    return { kind: "none", errno: list.errno, reason: refusalOf(list, payload.length, options.limits) };
  const progress = emptyProgress();
  const mode = await enableErrorCodes(host.modem);
  const offline = await runCommands(list.commands, progress, host, options).catch(async (error: unknown) => {
    await restoreErrorCodes(host.modem, mode);
    throw error;
  });
  // The library leaves CMEE on when the modem does not go offline (protocol.md 4.1).
  if (offline !== undefined) return modeNotReached(offline, "offline");
  await restoreErrorCodes(host.modem, mode);
  throwIfAborted(options.signal);
  const online = await host.goOnline(options.signal);
  if (online !== undefined) return modeNotReached(online, "online");
  return conclude(progress, host, options);
};

type Progress = {
  readonly responses: CommandResponse[];
  readonly retry: KeygenRetry;
  readonly finished: { readonly command: FinishedCommand; readonly place: CommandPlace }[];
  failure?: StationError;
  /** Why the loop ended without a response for its last command. */
  unreadable?: StationError;
};

function emptyProgress(): Progress {
  return { responses: [], retry: new KeygenRetry(), finished: [] };
}

/** Runs the commands up to the first failure; answers the library's result when the modem did not go offline. */
async function runCommands(
  commands: readonly Command[],
  progress: Progress,
  host: ExecutionHost,
  options: ExecutionOptions,
): Promise<Errno | undefined> {
  for (const [index, command] of commands.entries()) {
    if (progress.failure !== undefined) return undefined;
    throwIfAborted(options.signal);
    const place = { ordinal: index + 1, total: commands.length };
    const ready = command.kind === "at" ? await prepareModem(progress, host, options) : "ready";
    if (ready === "unreadable") {
      host.concluded(command, place, undefined);
      return undefined;
    }
    if (ready !== "ready") return ready;
    const outcome = await executeOne(command, place, progress, host, options);
    if (outcome !== undefined) record(command, place, outcome, progress, host);
    host.rememberId(cString(command.id));
  }
  return undefined;
}

/** Makes sure that the modem is offline, as before every AT command. */
async function prepareModem(
  progress: Progress,
  host: ExecutionHost,
  options: ExecutionOptions,
): Promise<Errno | "ready" | "unreadable"> {
  const mode = await modeOf(host);
  if (mode === OFFLINE_MODE) return "ready";
  if (mode instanceof StationError) {
    progress.unreadable = mode;
    return "unreadable";
  }
  return (await host.goOffline(options.signal)) ?? "ready";
}

async function modeOf(host: ExecutionHost): Promise<number | StationError> {
  const what = "the modem does not tell its functional mode";
  try {
    return (await readFunctionalMode(host.modem)) ?? new StationError("provisioning.mode-unreadable", what);
  } catch (error) {
    if (!isInterfaceFailure(error)) throw error;
    return new StationError(error.code, `${what}: ${error.message}`, error.facts, { cause: error });
  }
}

async function executeOne(
  command: Command,
  place: CommandPlace,
  progress: Progress,
  host: ExecutionHost,
  options: ExecutionOptions,
): Promise<CommandOutcome | undefined> {
  switch (command.kind) {
    case "at": {
      const outcome = await executeAtCommand(command, place, host, options, progress.retry);
      progress.retry.note(command, outcome.response);
      return outcome;
    }
    case "config":
      return executeConfigCommand(command, place, host);
    case "finished":
      progress.finished.push({ command, place });
      return undefined;
  }
}

function record(
  command: Command,
  place: CommandPlace,
  outcome: CommandOutcome,
  progress: Progress,
  host: ExecutionHost,
): void {
  progress.responses.push(outcome.response);
  if (outcome.failure !== undefined) progress.failure = outcome.failure;
  host.concluded(command, place, outcome.response);
}

/**
 * Acknowledges the last FINISHED of a list without failure and encodes the report (protocol.md 4.1, steps 6 and 7).
 * To the library a list that ended because the mode could not be read has no failure; by default it has.
 */
function conclude(progress: Progress, host: ExecutionHost, options: ExecutionOptions): Execution {
  const { responses } = progress;
  const failure = progress.failure ?? progress.unreadable;
  const clean = (options.compatibility === "strict" ? progress.failure : failure) === undefined;
  const acknowledged = clean ? progress.finished.at(-1) : undefined;
  for (const found of progress.finished) {
    const response = found === acknowledged ? ({ kind: "finished", id: found.command.id } as const) : undefined;
    if (response !== undefined) responses.push(response);
    host.concluded(found.command, found.place, response);
  }
  try {
    const payload = encodeResponseList(responses, options.limits);
    const report = { kind: "report", responses, payload, finished: acknowledged !== undefined } as const;
    return failure === undefined ? report : { ...report, failure };
  } catch (error) {
    if (!(error instanceof StationError)) throw error;
    return { kind: "none", errno: "ENODATA", reason: failure ?? error };
  }
}

function modeNotReached(errno: Errno, mode: "offline" | "online"): Execution {
  const reason = new StationError("provisioning.mode-not-reached", `the modem did not go ${mode} in time`, {
    mode,
    errno,
  });
  return { kind: "none", errno, reason };
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortReason(signal);
}
