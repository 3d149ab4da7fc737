import { createHash } from "node:crypto";
import type { Outcome, Purpose } from "../../src/contract/common.ts";
import type { RunEvent, RunEventBody } from "../../src/contract/run-event.ts";
import type { BatchStart } from "../../src/audit/audit-store.ts";
import { StationError } from "../../src/core/error.ts";
import type { ErrorCode } from "../../src/core/error-codes.ts";
import { reportOf } from "../../src/core/error.ts";
import type { BatchId, DeviceUuid, Imei, RunId, SlotId } from "../../src/core/ids.ts";

export const RECIPE_TEXT = '{"product":"Tracker","revision":"3"}';

/** A UUID that a test can recognise: `id(1, 2)` is `…0001-…000000000002`. */
export function id(group: number, count: number): string {
  return `01900000-0000-7000-8${String(group).padStart(3, "0")}-${String(count).padStart(12, "0")}`;
}

export const batchId = (count: number): BatchId => id(0, count) as BatchId;
export const runId = (count: number): RunId => id(1, count) as RunId;
export const uuidOf = (count: number): DeviceUuid => id(2, count) as DeviceUuid;

/** The `count`-th millisecond of a working day. */
export function at(count: number): string {
  return new Date(Date.UTC(2026, 2, 1, 8) + count).toISOString();
}

export type BatchOptions = {
  readonly first?: number;
  readonly slots?: number;
  readonly operator?: string;
  readonly recipe?: string;
  readonly recipeText?: string;
  readonly time?: number;
  readonly purpose?: Exclude<Purpose, "provision">;
};

/** Batch `count` with runs `first`, `first + 1` … in slots 1, 2 … */
export function batchStart(count = 1, options: BatchOptions = {}): BatchStart {
  const { first = 1, slots = 1, time = 0, recipe = "Tracker 3", recipeText = RECIPE_TEXT } = options;
  const recipeSha256 = createHash("sha256").update(recipeText).digest("hex");
  const operator = options.operator === undefined ? {} : { operator: options.operator };
  const runs = Array.from({ length: slots }, (_, index) => ({
    type: "run.started" as const,
    runId: runId(first + index),
    slot: String(index + 1) as SlotId,
    seq: 0,
    at: at(time),
    link: `serial:/dev/ttyUSB${index}`,
    recipe,
    recipeSha256,
    ...operator,
    again: false,
    training: false,
    ...(options.purpose === undefined ? {} : { purpose: options.purpose }),
  }));
  return {
    batch: batchId(count),
    at: at(time),
    fixture: "Bench A",
    recipe,
    recipeSha256,
    recipeText,
    ...operator,
    training: false,
    runs,
  };
}

/** An event of run `count`. */
export function event(count: number, seq: number, body: RunEventBody, slot = "1", time = seq): RunEvent {
  return { ...body, runId: runId(count), slot: slot as SlotId, seq, at: at(time) };
}

export const note = (text: string): RunEventBody => ({ type: "note", level: "info", text, facts: {} });

export function identified(unit: number): RunEventBody {
  const imei = `35${String(unit).padStart(13, "0")}` as Imei;
  return {
    type: "unit.identified",
    device: { uuid: uuidOf(unit), imei, boardSerial: `SN-${unit}`, firmware: "mfw_nrf91x1_2.0.2" },
  };
}

const commandFacts = (ordinal: number) =>
  ({
    id: `c${ordinal}`,
    kind: "at",
    text: `%CMNG 0,16842753,0,[sha256:… length:${ordinal}]`,
    ordinal,
    total: 3,
  }) as const;

export const announced = (ordinal: number): RunEventBody => ({
  type: "command.announced",
  command: commandFacts(ordinal),
});

export const concluded = (ordinal: number): RunEventBody => ({
  type: "command.concluded",
  command: commandFacts(ordinal),
  result: "ok",
  reply: "OK",
  elapsedMs: 12.5,
});

export const verified = (verdict: "match" | "missing", secTag = 7): RunEventBody => ({
  ...{ type: "credential.verified", secTag, credential: 0, expectedSha256: "b".repeat(64), verdict },
  ...(verdict === "match" ? { foundSha256: "b".repeat(64) } : {}),
});

export function finished(outcome: Outcome = "PASS", code?: ErrorCode): RunEventBody {
  const error = code === undefined ? {} : { error: reportOf(new StationError(code, "it went wrong", { limit: 3 })) };
  return { type: "run.finished", outcome, release: "restored", elapsedMs: 4200, ...error };
}

/** All events after `run.started` of a run on unit `count` that ends as told. */
export function wholeRun(count: number, outcome: Outcome = "PASS", code?: ErrorCode, slot = "1", time = 0): RunEvent[] {
  const bodies = [identified(count), announced(1), concluded(1), finished(outcome, code)];
  return bodies.map((body, index) => event(count, index + 1, body, slot, time + index + 1));
}

/** The StationError that a promise or call fails with. */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<StationError> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
  throw new StationError("station.internal", "the work was expected to fail and did not");
}

/** What a promise gives, or the StationError that it fails with. */
export async function settled<T>(work: Promise<T>): Promise<T | StationError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
}
