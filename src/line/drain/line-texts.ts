import type { RunRecord } from "../../contract/history.ts";
import type { LineEvent, LineIdentity } from "../../contract/line-message.ts";
import { LineResultSchema, type LineResult } from "../../contract/line-result.ts";
import { StationError } from "../../core/error.ts";
import { messageId, RESULTS } from "../names.ts";
import type { DrainRow, DrainSource } from "./drain-source.ts";
import type { Entry } from "./subject-log.ts";

/** Position 0 of a station's events. */
export function identityEntry({ id, createdAt, publicKey }: DrainSource["identity"]): Entry {
  const identity: LineIdentity = {
    schema: 1,
    station: id,
    position: 0,
    type: "station.identity",
    createdAt,
    publicKey,
  };
  return { id: messageId(id, { position: 0, run: null, seq: null }), text: JSON.stringify(identity) };
}

/** An event as it travels. */
export function eventEntry(station: string, row: DrainRow): Entry {
  const { position, run, seq, type, at, body, previous, hash } = row;
  const event: Readonly<Record<keyof LineEvent, unknown>> = {
    ...{ schema: 1, station, position, run, seq, type, at, body, previous, hash },
  };
  return { id: messageId(station, row), text: JSON.stringify(event) };
}

/** Whose result it is: the names that people gave line and station. */
export type ResultNames = { readonly line: string; readonly stationName: string };

/**
 * The result of a run that ended at a position of the chain.
 * @throws StationError audit.corrupt when the run's row tells no end
 */
export function resultEntry(position: number, run: RunRecord, names: ResultNames): Entry {
  const parsed = LineResultSchema.safeParse(resultOf(position, run, names));
  if (!parsed.success)
    throw new StationError("audit.corrupt", "the row of a finished run tells no result", {
      ...{ run: run.id, field: parsed.error.issues[0]?.path.join(".") ?? "" },
    });
  return { id: `${run.station}:${run.id}:${RESULTS.stream}`, text: JSON.stringify(parsed.data) };
}

function resultOf(position: number, run: RunRecord, names: ResultNames): Readonly<Record<keyof LineResult, unknown>> {
  const { id, station, batch, slot, outcome, code, purpose, training, again } = run;
  const { uuid, imei, iccid, boardSerial, model, firmware } = run;
  const { recipe, recipeSha256, operator, startedAt, finishedAt, elapsedMs } = run;
  return {
    ...{ schema: 1, ...names, station, position, run: id, batch, slot, outcome, code, purpose, training, again },
    ...{ uuid, imei, iccid, boardSerial, model, firmware },
    ...{ recipe, recipeSha256, operator, startedAt, finishedAt, elapsedMs: elapsedMs ?? 0 },
  };
}
