import type { Phase } from "../contract/common.ts";
import type { Release, RunEvent, RunEventBody } from "../contract/run-event.ts";
import type { ErrorReport } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";

/** What the record of a run says so far: what is open when its worker is lost. */
export type RunTrace = {
  readonly phase?: { readonly phase: Phase; readonly attempt: number; readonly since: number };
  readonly command?: { readonly facts: CommandFacts; readonly since: number };
  /** An act at the owner's side that was announced and has no end. */
  readonly ownerAct?: Announced;
  readonly uuid?: DeviceUuid;
};

type CommandFacts = Extract<RunEvent, { type: "command.announced" }>["command"];

type Announced = Extract<RunEvent, { type: "claim.announced" | "queue.announced" }>;

/** The trace after one more event; `now` is the monotonic clock in ms. */
export function trace(before: RunTrace, event: RunEvent, now: number): RunTrace {
  switch (event.type) {
    case "phase.started":
      return { ...before, phase: { phase: event.phase, attempt: event.attempt, since: now } };
    case "phase.finished": {
      const { phase: _closed, ...rest } = before;
      return rest;
    }
    case "command.announced":
      return { ...before, command: { facts: event.command, since: now } };
    case "command.concluded": {
      const { command: _concluded, ...rest } = before;
      return rest;
    }
    case "claim.announced":
    case "queue.announced":
      return { ...before, ownerAct: event };
    case "claim.concluded":
    case "queue.concluded": {
      const { ownerAct: _concluded, ...rest } = before;
      return rest;
    }
    case "unit.identified":
      return { ...before, uuid: event.device.uuid };
    case "queue.settled":
    case "token.kept":
    case "run.started":
    case "client.event":
    case "at.exchange":
    case "setting.written":
    case "credential.verified":
    case "artefact.made":
    case "certificate.issued":
    case "note":
    case "run.finished":
      return before;
  }
}

/** How the core ends a run that its worker did not end. */
export type CoreEnding = {
  readonly outcome: "ERROR" | "ABORTED";
  readonly release: Release;
  readonly error: ErrorReport;
};

/** What must be closed before a run can end: the command or the act without a result, then the phase. */
export function openEnds(open: RunTrace, error: ErrorReport, now: number): readonly RunEventBody[] {
  const { command, ownerAct, phase } = open;
  const ends: RunEventBody[] = ownerAct === undefined ? [] : [endOf(ownerAct)];
  if (command !== undefined) {
    const elapsedMs = now - command.since;
    ends.push({ type: "command.concluded", command: command.facts, result: "none", reply: "", elapsedMs });
  }
  if (phase !== undefined) {
    const elapsedMs = now - phase.since;
    ends.push({
      type: "phase.finished",
      phase: phase.phase,
      attempt: phase.attempt,
      result: "failed",
      elapsedMs,
      error,
    });
  }
  return ends;
}

/** The worker is lost, so nobody knows whether the service has done what was asked of it. */
function endOf(announced: Announced): RunEventBody {
  if (announced.type === "queue.announced")
    return { type: "queue.concluded", act: announced.act, result: "unknown", ids: [] };
  return { type: "claim.concluded", act: announced.act, uuid: announced.uuid, result: "unknown" };
}
