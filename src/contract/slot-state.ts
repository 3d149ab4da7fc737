import type { ErrorReport } from "../core/error.ts";
import type { RunId, SlotId } from "../core/ids.ts";
import { PHASES, type Device, type Outcome, type Phase, type Purpose } from "./common.ts";
import type { Release, RunEvent } from "./run-event.ts";

/** A slot as the screen and the terminal show it. The last result stays until the next run starts. */
export type SlotState =
  | { readonly kind: "idle"; readonly slot: SlotId }
  | ({ readonly kind: "running" } & RunView & { readonly phase: Phase; readonly attempt: number })
  | ({ readonly kind: "finished" } & RunView & {
        readonly outcome: Outcome;
        readonly release: Release;
        readonly elapsedMs: number;
        readonly error?: ErrorReport;
      });

/** What is known of the run in a slot. */
export type RunView = {
  readonly slot: SlotId;
  readonly runId: RunId;
  readonly link: string;
  readonly recipe: string;
  readonly startedAt: string;
  readonly boardSerial?: string;
  /** Absent where the run provisions. */
  readonly purpose?: Exclude<Purpose, "provision">;
  readonly device?: Device;
  /** Phases passed or skipped, 0 to 7, and within `provision` the commands done of those known. */
  readonly phasesDone: number;
  readonly commandsDone: number;
  readonly commandsTotal: number;
  /** The command announced last and not yet concluded. */
  readonly command?: string;
};

/** The state of a slot before its first run. */
export function idleSlot(slot: SlotId): SlotState {
  return { kind: "idle", slot };
}

/** The slot after an event; pure, shared by core and renderer, so that both show the same. Events of other runs change nothing. */
export function reduceSlot(state: SlotState, event: RunEvent): SlotState {
  if (event.type === "run.started") return started(event);
  if (state.kind !== "running" || state.runId !== event.runId) return state;
  switch (event.type) {
    case "phase.started":
      return { ...state, phase: event.phase, attempt: event.attempt };
    case "phase.finished":
      return event.result === "passed" || event.result === "skipped"
        ? { ...state, phasesDone: PHASES.indexOf(event.phase) + 1 }
        : state;
    case "unit.identified":
      return { ...state, device: event.device };
    case "command.announced":
      return { ...state, command: event.command.text, commandsTotal: totalOf(state, event.command) };
    case "command.concluded":
      return withoutCommand({ ...state, commandsDone: state.commandsDone + 1 });
    case "run.finished":
      return finished(state, event);
    case "claim.announced":
    case "claim.concluded":
    case "queue.announced":
    case "queue.concluded":
    case "queue.settled":
    case "token.kept":
    case "client.event":
    case "at.exchange":
    case "setting.written":
    case "credential.verified":
    case "artefact.made":
    case "certificate.issued":
    case "note":
      return state;
  }
}

function started(event: Extract<RunEvent, { type: "run.started" }>): SlotState {
  const serial = event.boardSerial === undefined ? {} : { boardSerial: event.boardSerial };
  return {
    kind: "running",
    slot: event.slot,
    runId: event.runId,
    link: event.link,
    recipe: event.recipe,
    startedAt: event.at,
    ...serial,
    ...(event.purpose === undefined ? {} : { purpose: event.purpose }),
    phasesDone: 0,
    commandsDone: 0,
    commandsTotal: 0,
    phase: "connect",
    attempt: 1,
  };
}

type Running = Extract<SlotState, { kind: "running" }>;

function totalOf(state: Running, command: { readonly ordinal: number; readonly total: number }): number {
  return Math.max(state.commandsTotal, state.commandsDone + command.total - command.ordinal + 1);
}

function withoutCommand(state: Running): Running {
  const { command: _concluded, ...rest } = state;
  return rest;
}

function finished(state: Running, event: Extract<RunEvent, { type: "run.finished" }>): SlotState {
  const { phase: _phase, attempt: _attempt, ...view } = withoutCommand(state);
  const { outcome, release, elapsedMs } = event;
  const error = event.error === undefined ? {} : { error: event.error };
  return { ...view, kind: "finished", outcome, release, elapsedMs, ...error };
}
