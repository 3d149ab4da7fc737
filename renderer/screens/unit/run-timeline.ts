import { PHASES, type Phase } from "../../../src/contract/common.ts";
import type { RunEvent } from "../../../src/contract/run-event.ts";
import { beginOf, zeroOf } from "./run-clock.ts";
import { shortText } from "./text-parts.ts";

/** How a step ended; `open`: announced, and no end of it is recorded. */
export type StepState = "ok" | "ignored" | "error" | "open";

/** What was done at the owner's side: words of `unit.ownerActs`. */
type OwnerDeed = "claim" | "ours" | "unclaim" | "queue" | "discard" | "settled" | "kept";

/**
 * A bar below a phase: one command, one exchange, (`rest`) the exchanges around a phase's commands together, or (`owner`)
 * something that was done at the owner's side, whose `text` is an {@link OwnerDeed}.
 */
export type Step = {
  readonly key: number;
  readonly kind: "command" | "exchange" | "rest" | "owner";
  readonly text: string;
  /** Exchanges in the bar, or the commands of an owner's deed. */
  readonly count: number;
  readonly fromMs: number;
  readonly elapsedMs: number;
  readonly state: StepState;
};

export type PhaseState = "passed" | "skipped" | "failed" | "repeated" | "running" | "unreached";

/** One attempt at a phase, or a phase that the run did not come to. */
export type PhaseBar = {
  readonly phase: Phase;
  readonly attempt: number;
  readonly state: PhaseState;
  readonly fromMs: number;
  readonly elapsedMs: number;
  readonly steps: readonly Step[];
};

/** The phases of a run in order on one axis from 0 to `spanMs`. */
export type Timeline = { readonly spanMs: number; readonly phases: readonly PhaseBar[] };

type Of<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** The timeline that a run's events tell; also of a run that still goes on or was cut off. */
export function timelineOf(events: readonly RunEvent[]): Timeline {
  const zero = zeroOf(events);
  const last = events.at(-1);
  const spanMs = Math.max(1, last === undefined ? 1 : Date.parse(last.at) - zero);
  const over = last?.type === "run.finished";
  const attempts = attemptsOf(events).map((part) => barOf(part, zero, spanMs, over));
  const phases = PHASES.flatMap((phase) => {
    const bars = attempts.filter((bar) => bar.phase === phase);
    return bars.length > 0 ? bars : [unreached(phase)];
  });
  return { spanMs, phases };
}

/** The events of each attempt at a phase, from its start to the next. */
function attemptsOf(events: readonly RunEvent[]): readonly (readonly [Of<"phase.started">, readonly RunEvent[]])[] {
  const starts = events.flatMap((event, index) => (event.type === "phase.started" ? [{ event, index }] : []));
  return starts.map(({ event, index }, place) => [event, events.slice(index + 1, starts[place + 1]?.index)] as const);
}

function barOf(
  [start, events]: readonly [Of<"phase.started">, readonly RunEvent[]],
  zero: number,
  spanMs: number,
  over: boolean,
): PhaseBar {
  const end = events.find((event): event is Of<"phase.finished"> => event.type === "phase.finished");
  const fromMs = Math.max(0, Date.parse(start.at) - zero);
  return {
    phase: start.phase,
    attempt: start.attempt,
    state: end?.result ?? (over ? "failed" : "running"),
    fromMs,
    elapsedMs: end?.elapsedMs ?? Math.max(0, spanMs - fromMs),
    steps: stepsOf(events, zero),
  };
}

function stepsOf(events: readonly RunEvent[], zero: number): readonly Step[] {
  const exchanges = events.filter((event) => event.type === "at.exchange").map((event) => exchangeStep(event, zero));
  const commands = commandSteps(events, zero);
  const done = [...commands, ...ownerSteps(events, zero)].toSorted((a, b) => a.key - b.key);
  const [first] = exchanges;
  if (commands.length === 0 || first === undefined) return [...exchanges, ...done];
  const elapsedMs = exchanges.reduce((sum, step) => sum + step.elapsedMs, 0);
  return [...done, { ...first, kind: "rest", text: "", count: exchanges.length, elapsedMs, state: "ok" }];
}

function exchangeStep(event: Of<"at.exchange">, zero: number): Step {
  const { seq, command, elapsedMs } = event;
  const state = "ok";
  return {
    key: seq,
    kind: "exchange",
    text: shortText(command),
    count: 1,
    fromMs: beginOf(event, zero),
    elapsedMs,
    state,
  };
}

function commandSteps(events: readonly RunEvent[], zero: number): readonly Step[] {
  const concluded = new Set(events.flatMap((event) => (event.type === "command.concluded" ? [event.command.id] : [])));
  return events.flatMap((event): readonly Step[] => {
    if (event.type === "command.concluded") return [concludedStep(event, zero)];
    if (event.type !== "command.announced" || concluded.has(event.command.id)) return [];
    const text = commandText(event.command);
    const fromMs = Math.max(0, Date.parse(event.at) - zero);
    return [{ key: event.seq, kind: "command", text, count: 1, fromMs, elapsedMs: 0, state: "open" }];
  });
}

/** A deed at the owner's side from its announcement to its end; what was not announced changed nothing and takes no time. */
function ownerSteps(events: readonly RunEvent[], zero: number): readonly Step[] {
  return events.flatMap((event, index): readonly Step[] => {
    const fromMs = Math.max(0, Date.parse(event.at) - zero);
    const step = (text: OwnerDeed, count: number, state: StepState, elapsedMs = 0): readonly Step[] => [
      { key: event.seq, kind: "owner", text, count, fromMs, elapsedMs, state },
    ];
    switch (event.type) {
      case "claim.announced":
      case "queue.announced": {
        const end = events.slice(index).find(isEndOf(event.act));
        const count = event.type === "queue.announced" ? event.commands.length : 1;
        const elapsedMs = end === undefined ? 0 : Math.max(0, Date.parse(end.at) - zero - fromMs);
        return step(event.act, count, endState(end), elapsedMs);
      }
      case "claim.concluded":
        return event.result === "ours-already" ? step("ours", 1, "ok") : [];
      case "queue.settled":
        return step("settled", event.commands.length, "ok");
      case "token.kept":
        return step("kept", 1, "ok");
      default:
        return [];
    }
  });
}

type OwnerEnd = Of<"claim.concluded"> | Of<"queue.concluded">;

function isEndOf(act: OwnerEnd["act"]): (event: RunEvent) => event is OwnerEnd {
  return (event): event is OwnerEnd =>
    (event.type === "claim.concluded" || event.type === "queue.concluded") && event.act === act;
}

function endState(end: OwnerEnd | undefined): StepState {
  if (end === undefined || end.result === "unknown") return "open";
  return end.result === "refused" ? "error" : "ok";
}

function concludedStep(event: Of<"command.concluded">, zero: number): Step {
  const { seq, command, elapsedMs, result } = event;
  const state = result === "ignored-error" ? "ignored" : result === "error" ? "error" : "ok";
  const text = commandText(command);
  return { key: seq, kind: "command", text, count: 1, fromMs: beginOf(event, zero), elapsedMs, state };
}

/** A provisioning command as a technician would write it: `AT%KEYGEN 16842753,2,0`, `config station/product`. */
export function commandText(command: Pick<Of<"command.announced">["command"], "kind" | "text">): string {
  return shortText(command.kind === "at" ? `AT${command.text}` : command.text);
}

function unreached(phase: Phase): PhaseBar {
  return { phase, attempt: 1, state: "unreached", fromMs: 0, elapsedMs: 0, steps: [] };
}
