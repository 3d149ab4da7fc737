import type { Outcome } from "../contract/common.ts";
import type { Release, RunEvent } from "../contract/run-event.ts";
import type { BatchId, DeviceUuid, Imei, RunId, SlotId } from "../core/ids.ts";

/** A run as its row in table `run` tells it; every field follows from the run's events. */
export type RunRecord = {
  readonly id: RunId;
  readonly batch: BatchId;
  readonly slot: SlotId;
  readonly uuid: DeviceUuid | null;
  readonly imei: Imei | null;
  readonly boardSerial: string | null;
  /** `null` while the run is in progress. */
  readonly outcome: Outcome | null;
  /** Error code of a run that did not pass. */
  readonly code: string | null;
  /** ISO 8601, UTC, milliseconds. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Name and revision of the recipe. */
  readonly recipe: string;
  readonly recipeSha256: string;
  readonly operator: string | null;
  /** Identity of the station. */
  readonly station: string;
  readonly link: string;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly hardware: string | null;
  readonly iccid: string | null;
  /** What the modem was left in. */
  readonly release: Release | null;
  readonly elapsedMs: number | null;
  /** The unit may have passed before. */
  readonly again: boolean;
  /** Simulators or an embedded service took part: not a production record. */
  readonly training: boolean;
};

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
