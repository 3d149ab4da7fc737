import type { RunRecord } from "../contract/history.ts";
import type { RunEvent } from "../contract/run-event.ts";
import type { BatchId } from "../core/ids.ts";

/** The first event of a run. */
export type RunStarted = Extract<RunEvent, { type: "run.started" }>;

/** The row of a run that starts. */
export function startedRecord(event: RunStarted, batch: BatchId, station: string): RunRecord {
  return {
    id: event.runId,
    batch,
    slot: event.slot,
    uuid: null,
    imei: null,
    boardSerial: event.boardSerial ?? null,
    outcome: null,
    code: null,
    startedAt: event.at,
    finishedAt: null,
    recipe: event.recipe,
    recipeSha256: event.recipeSha256,
    operator: event.operator ?? null,
    station,
    link: event.link,
    model: null,
    firmware: null,
    hardware: null,
    iccid: null,
    release: null,
    elapsedMs: null,
    again: event.again,
    training: event.training,
    purpose: event.purpose ?? "provision",
  };
}

/** The row after an event of its run; the same object when the event changes nothing in it. */
export function nextRecord(record: RunRecord, event: RunEvent): RunRecord {
  if (event.type === "unit.identified") return identified(record, event);
  if (event.type === "run.finished") return finished(record, event);
  return record;
}

function identified(record: RunRecord, event: Extract<RunEvent, { type: "unit.identified" }>): RunRecord {
  const { uuid, imei, boardSerial, model, firmware, hardware, iccid } = event.device;
  return {
    ...record,
    uuid,
    imei,
    boardSerial: boardSerial ?? record.boardSerial,
    model: model ?? null,
    firmware: firmware ?? null,
    hardware: hardware ?? null,
    iccid: iccid ?? null,
  };
}

function finished(record: RunRecord, event: Extract<RunEvent, { type: "run.finished" }>): RunRecord {
  const { outcome, at: finishedAt, release, elapsedMs } = event;
  return { ...record, outcome, code: event.error?.code ?? null, finishedAt, release, elapsedMs };
}
