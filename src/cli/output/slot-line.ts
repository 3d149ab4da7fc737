import { PHASES } from "../../contract/common.ts";
import type { SlotState } from "../../contract/slot-state.ts";
import { milliseconds, formatDuration } from "../../core/duration.ts";
import { formatFact } from "../../core/fact.ts";
import { paintOutcome, paintQuiet } from "./paint.ts";

const BAR_LENGTH = 14;

/** One slot as a line of live progress: `A1  ━━━━━━╌╌╌╌  provision  %KEYGEN 16842753,2,0  3.2 s`. */
export function slotLine(state: SlotState, nowMs: number, colours = false): string {
  switch (state.kind) {
    case "idle":
      return `${state.slot.padEnd(4)} ${paintQuiet("waiting", colours)}`;
    case "running": {
      const elapsed = formatDuration(milliseconds(Math.max(0, nowMs - Date.parse(state.startedAt))));
      const what = state.command ?? "";
      return `${state.slot.padEnd(4)} ${bar(progressOf(state))}  ${state.phase.padEnd(9)} ${elapsed.padEnd(8)} ${what.slice(0, 40)}`;
    }
    case "finished":
      return `${state.slot.padEnd(4)} ${paintOutcome(state.outcome, colours, 10)} ${formatDuration(milliseconds(state.elapsedMs)).padEnd(8)} ${reasonOf(state)}`;
  }
}

/** A finished slot as a row of the closing table. */
export function slotRow(state: SlotState, colours = false): readonly string[] {
  if (state.kind !== "finished") return [state.slot, state.kind, "", "", "", ""];
  const { device, error } = state;
  return [
    state.slot,
    paintOutcome(state.outcome, colours),
    device?.uuid ?? "",
    device?.imei ?? "",
    formatDuration(milliseconds(state.elapsedMs)),
    error === undefined ? "" : error.code,
  ];
}

/** The heading of {@link slotRow}. */
export const SLOT_HEADING = ["slot", "result", "device UUID", "IMEI", "time", "code"] as const;

/** What happened in a slot that did not pass, and what to do; undefined where nobody is needed. */
export function needsYou(state: SlotState, colours = false): string | undefined {
  if (state.kind !== "finished" || state.error === undefined) return undefined;
  const facts = Object.entries(state.error.facts).map(([name, fact]) => `${name} ${formatFact(fact)}`);
  const inBrackets = facts.length === 0 ? "" : paintQuiet(` (${facts.join(", ")})`, colours);
  const head = `slot ${state.slot}  ${paintOutcome(state.outcome, colours)}: ${state.error.what}${inBrackets}`;
  return `${head}\n  → ${state.error.advice}\n`;
}

function reasonOf(state: Extract<SlotState, { kind: "finished" }>): string {
  if (state.error !== undefined) return `${state.error.code}: ${state.error.what}`;
  return state.device === undefined ? "" : state.device.uuid;
}

function progressOf(state: Extract<SlotState, { kind: "running" }>): number {
  const commands = state.commandsTotal === 0 ? 0 : state.commandsDone / state.commandsTotal;
  const inside = state.phase === "provision" ? commands : 0;
  return Math.min(1, (state.phasesDone + inside) / PHASES.length);
}

function bar(part: number): string {
  const full = Math.round(part * BAR_LENGTH);
  return "━".repeat(full) + "╌".repeat(BAR_LENGTH - full);
}
