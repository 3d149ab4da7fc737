import type { StationError } from "../core/error.ts";
import type { Errno } from "./errno.ts";

/** How the transport work of one run ended, in the library's terms with the reason beside them. */
export type SessionResult =
  /** FINISHED was acknowledged and the service confirmed the report. */
  | { readonly kind: "finished" }
  /** The service had nothing (more). `error` is there when a list ran and led to no report (protocol.md 4.8). */
  | { readonly kind: "no-commands"; readonly error?: StationError }
  | { readonly kind: "failed"; readonly errno: Errno; readonly error: StationError };

/** What happened in one run, for whoever has to judge the unit. */
export type SessionOutcome = {
  /** `done`: FINISHED was reported and confirmed. `no-commands`: the service had nothing left. */
  readonly result: "done" | "no-commands" | "failed";
  /** The library's result where the run failed. */
  readonly errno?: Errno;
  /**
   * Why the unit must not pass, the most telling first: the run's own failure, a report that did not reach the service, a
   * list without a report, `commandFailure`. Absent when all went well.
   */
  readonly error?: StationError;
  /** The first command that the modem or a settings sink refused. */
  readonly commandFailure?: StationError;
  /** Command lists received. */
  readonly rounds: number;
  readonly commands: CommandCounts;
  /** Id of the command executed last (protocol.md 2.7); empty when none ever was. */
  readonly latestId: string;
};

/** Commands of all lists of a run. */
export type CommandCounts = {
  /** Tried, FINISHED included. */
  readonly concluded: number;
  /** Answered with an error response. */
  readonly failed: number;
  /** Whose responses the service confirmed. */
  readonly reported: number;
};

/** A failed result. */
export function failed(errno: Errno, error: StationError): SessionResult {
  return { kind: "failed", errno, error };
}
