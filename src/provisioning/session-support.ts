import type { Clock } from "../core/clock.ts";
import { codeEntry } from "../core/error-codes.ts";
import { StationError } from "../core/error.ts";
import type { Facts } from "../core/fact.ts";
import type { AtPort } from "../modem/at-port.ts";
import type { Command, CommandResponse } from "./command.ts";
import type { EventCallback } from "./events.ts";
import type { CommandPlace, ExecuteList, ExecutionHost, SettingsSink } from "./execution-seam.ts";
import { failure, failureOf, type Failure } from "./failure.ts";
import { waitForModem } from "./modem-state.ts";
import { codecLimits, type ProvisioningOptions } from "./options.ts";
import { failed, type CommandCounts, type SessionResult } from "./session-result.ts";

/** What a session takes from the client that runs it. */
export type SessionSupport = {
  readonly modem: AtPort;
  readonly clock: Clock;
  readonly options: ProvisioningOptions;
  readonly settings: SettingsSink;
  readonly execute: ExecuteList;
  readonly raise: EventCallback;
  readonly networkUp: () => boolean;
  /** Id of the command executed last; empty when none was (protocol.md 2.7). */
  readonly latestId: () => string;
  readonly rememberId: (id: string) => void;
  readonly announce: (command: Command, place: CommandPlace) => Promise<void>;
  readonly concluded: (command: Command, place: CommandPlace, response: CommandResponse | undefined) => void;
};

/** What a session counts while it runs; the outcome is made of it. */
export type SessionTally = {
  rounds: number;
  concluded: number;
  failed: number;
  reported: number;
  /** The first command that failed. */
  commandFailure?: StationError;
  /** The first report that did not reach the service. */
  reportFailure?: StationError;
};

/** A tally at the start of a run. */
export function emptyTally(): SessionTally {
  return { rounds: 0, concluded: 0, failed: 0, reported: 0 };
}

/** The commands that a tally counted. */
export function countsOf(tally: SessionTally): CommandCounts {
  return { concluded: tally.concluded, failed: tally.failed, reported: tally.reported };
}

/** One list executed: the report to send, or how the run ends without one. */
export type Round =
  | { readonly kind: "report"; readonly payload: Uint8Array; readonly finished: boolean; readonly responses: number }
  | SessionResult;

/**
 * Executes one command list (protocol.md 4).
 * @throws StationError the signal's reason, or what `announce` threw
 */
export async function executeRound(
  payload: Uint8Array,
  support: SessionSupport,
  tally: SessionTally,
  signal?: AbortSignal,
): Promise<Round> {
  if (++tally.rounds > support.options.maxRounds) return roundsExceeded(support.options.maxRounds);
  const waits: Failure[] = [];
  const { compatibility } = support.options;
  const execution = await support.execute(payload, hostOf(support, tally, waits), {
    limits: codecLimits(support.options),
    compatibility,
    ...(signal === undefined ? {} : { signal }),
  });
  if (execution.kind === "report") {
    if (execution.failure !== undefined) tally.commandFailure ??= execution.failure;
    const { payload: report, finished, responses } = execution;
    return { kind: "report", payload: report, finished, responses: responses.length };
  }
  const error = waits.at(-1)?.error ?? execution.reason;
  if (execution.errno !== "ENODATA") return failed(execution.errno, error);
  // To the library a list without a report looks like no commands at all; an operator must see that something is wrong.
  return compatibility === "strict" ? { kind: "no-commands", error } : failed("ENOBUFS", error);
}

/**
 * A report that did not arrive, named as what it means for the unit. What the modem or its line did (no signature, no
 * answer) keeps its own error, so that the blame stays where it belongs.
 */
export function unreported(lost: Failure, facts: Facts = {}): Failure {
  if (codeEntry(lost.error.code).blame === "unit" || /^(at|link)\./.test(lost.error.code)) return lost;
  const what = `the results did not reach the service: ${lost.error.message}`;
  const error = new StationError(
    "provisioning.report-failed",
    what,
    { ...lost.error.facts, errno: lost.errno, ...facts },
    { cause: lost.error },
  );
  return failureOf(lost.errno, error);
}

function hostOf(support: SessionSupport, tally: SessionTally, waits: Failure[]): ExecutionHost {
  const wait = async (state: "offline" | "online", signal?: AbortSignal): Promise<Failure["errno"] | undefined> => {
    const missed = await waitForModem(state, support, signal);
    if (missed !== undefined) waits.push(missed);
    return missed?.errno;
  };
  return {
    modem: support.modem,
    settings: support.settings,
    goOffline: (signal) => wait("offline", signal),
    goOnline: (signal) => wait("online", signal),
    announce: (command, place) => support.announce(command, place),
    concluded: (command, place, response) => {
      tally.concluded++;
      if (response?.kind === "error") tally.failed++;
      support.concluded(command, place, response);
    },
    rememberId: (id) => support.rememberId(id),
  };
}

function roundsExceeded(limit: number): Failure {
  const what = "the service does not stop sending commands";
  return failure("EIO", "provisioning.rounds-exceeded", what, { rounds: limit });
}
