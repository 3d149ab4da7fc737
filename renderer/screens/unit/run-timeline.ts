import { PHASES, type Phase } from "../../../src/contract/common.ts";
import type { RunEvent } from "../../../src/contract/run-event.ts";
import { beginOf, zeroOf } from "./run-clock.ts";
import { shortText } from "./text-parts.ts";

/** How a step ended; `open`: announced, and no end of it is recorded. */
export type StepState = "ok" | "ignored" | "error" | "open";

/** A bar below a phase: one command, one exchange, or (`rest`) the exchanges around a phase's commands together. */
export type Step = {
  readonly key: number;
  readonly kind: "command" | "exchange" | "rest";
  readonly text: string;
  /** Exchanges in the bar. */
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
  const [first] = exchanges;
  if (commands.length === 0 || first === undefined) return [...exchanges, ...commands];
  const elapsedMs = exchanges.reduce((sum, step) => sum + step.elapsedMs, 0);
  return [...commands, { ...first, kind: "rest", text: "", count: exchanges.length, elapsedMs, state: "ok" }];
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
