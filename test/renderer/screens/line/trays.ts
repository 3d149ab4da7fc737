import type { Outcome } from "../../../../src/contract/common.ts";
import type { SlotState } from "../../../../src/contract/slot-state.ts";
import { codeEntry, type ErrorCode } from "../../../../src/core/error-codes.ts";
import type { RunId, SlotId } from "../../../../src/core/ids.ts";
import type { Tray } from "../../../../renderer/screens/line/batch-plan.ts";

/** When the runs of these trays began. */
export const BEGUN = "2026-03-02T10:00:00.000Z";

/** A slot's name as its type. */
export const slot = (name: number | string): SlotId => String(name) as SlotId;

/** A slot without a run. */
export const idle = (name: number): SlotState => ({ kind: "idle", slot: slot(name) });

const view = (name: number, serial?: string) => ({
  slot: slot(name),
  runId: `00000000-0000-7000-8000-${String(name).padStart(12, "0")}` as RunId,
  link: "tcp://127.0.0.1:5001",
  recipe: "Board 1",
  startedAt: BEGUN,
  ...(serial === undefined ? {} : { boardSerial: serial }),
  phasesDone: 4,
  commandsDone: 2,
  commandsTotal: 4,
});

/** A slot in its provision phase. */
export function busy(name: number, serial?: string): Extract<SlotState, { kind: "running" }> {
  return { ...view(name, serial), kind: "running", phase: "provision", attempt: 1 };
}

/** A slot whose run has ended; `more` overrides what is known of it. */
export function ended(
  name: number,
  outcome: Outcome,
  code?: ErrorCode,
  more: {
    readonly boardSerial?: string;
    readonly commandsTotal?: number;
    readonly phasesDone?: number;
    readonly elapsedMs?: number;
  } = {},
): Extract<SlotState, { kind: "finished" }> {
  const error =
    code === undefined ? {} : { error: { code, what: "it broke", facts: {}, advice: codeEntry(code).advice } };
  return { ...view(name), kind: "finished", outcome, release: "restored", elapsedMs: 60_000, ...error, ...more };
}

/** A tray of these slots with nothing prepared, whose recipe wants serials. */
export function trayOf(states: readonly SlotState[], more: Partial<Tray> = {}): Tray {
  return { states, prepared: new Map(), skipped: new Set(), needsSerial: true, batchRuns: false, ...more };
}
