import { recordOf, RUN_COLUMNS } from "../audit/run-columns.ts";
import type { RunRecord } from "../contract/history.ts";
import type { FindingKind } from "../contract/line-finding.ts";
import type { ChainState } from "./chain-state.ts";
import type { Finding, SettledFinding } from "./finding.ts";
import type { SqlRow, SqlValue } from "./sql.ts";

/** The columns of table `run`. */
export const CENTRAL_RUN_COLUMNS: readonly string[] = [...RUN_COLUMNS.map(([column]) => column), "station_name"];
export const EVENT_COLUMNS = [
  ...["station", "position", "run", "seq", "type", "at", "body", "previous", "hash", "stream_seq"],
] as const;
/** Verdicts come behind these. */
export const STATE_COLUMNS = [
  ...["id", "name", "created_at", "public_key", "thumbprint", "position", "hash", "top", "heads", "signed_up_to"],
  ...["last_batch_end", "last_at"],
] as const;
export const VERDICT_COLUMNS = ["verdict", "verdict_position", "verdict_text"] as const;
export const FINDING_COLUMNS = [
  ...["id", "station", "kind", "position", "last_position", "what", "stream_seq", "message", "found_at", "settled_at"],
] as const;
/** Behind those of a finding that a person has settled. */
export const SETTLEMENT_COLUMNS = ["settled_by", "settled_why"] as const;
export const BATCH_COLUMNS = [
  ...["id", "fixture", "recipe", "recipe_sha256", "operator", "training", "station", "started_at"],
] as const;

/** The state as cells in the order of {@link STATE_COLUMNS}. */
export function stateCells(state: ChainState): SqlValue[] {
  const { station, name, identity, position, hash, top, heads, signedUpTo, lastBatchEnd, lastAt } = state;
  const { createdAt = null, publicKey = null, thumbprint = null } = identity ?? {};
  return [
    ...[station, name, createdAt, publicKey, thumbprint, position, hash ?? null, top, heads, signedUpTo],
    ...[lastBatchEnd, lastAt ?? null],
  ];
}

/** The state of a row in the order of {@link STATE_COLUMNS}. */
export function stateOf(row: SqlRow): ChainState {
  const [
    station,
    name,
    createdAt,
    publicKey,
    thumbprint,
    position,
    hash,
    top,
    heads,
    signedUpTo,
    lastBatchEnd,
    lastAt,
  ] = row;
  const identity =
    typeof publicKey !== "string"
      ? undefined
      : { createdAt: String(createdAt), publicKey, thumbprint: String(thumbprint) };
  return {
    ...{ station: String(station), name: String(name), identity },
    ...{ position: Number(position), hash: textOf(hash), top: Number(top), heads: Number(heads) },
    ...{ signedUpTo: Number(signedUpTo), lastBatchEnd: Number(lastBatchEnd), lastAt: textOf(lastAt) },
  };
}

/** The finding as cells in the order of {@link FINDING_COLUMNS}. */
export function findingCells(finding: Finding): SqlValue[] {
  const { id, station, kind, position, lastPosition, what, streamSeq, message, foundAt, settledAt } = finding;
  return [id, station, kind, position, lastPosition, what, streamSeq, message, foundAt, settledAt];
}

/** The finding of a row in the order of {@link FINDING_COLUMNS}. */
export function findingOf(row: SqlRow): Finding {
  const [id, station, kind, position, lastPosition, what, streamSeq, message, foundAt, settledAt] = row;
  return {
    // Only collectors write the table, with kinds of their own.
    ...{ id: String(id), station: String(station), kind: String(kind) as FindingKind },
    ...{ position: Number(position), lastPosition: Number(lastPosition), what: String(what) },
    ...{ streamSeq: Number(streamSeq), message: textOf(message) ?? null },
    ...{ foundAt: String(foundAt), settledAt: textOf(settledAt) ?? null },
  };
}

/** The finding of a row in the order of {@link FINDING_COLUMNS} and {@link SETTLEMENT_COLUMNS}. */
export function settledFindingOf(row: SqlRow): SettledFinding {
  const [settledBy, settledWhy] = row.slice(FINDING_COLUMNS.length);
  return { ...findingOf(row), settledBy: String(settledBy), settledWhy: String(settledWhy) };
}

/** The record of a row of `run` in the order of {@link CENTRAL_RUN_COLUMNS}. @throws StationError audit.corrupt */
export function runOf(row: SqlRow): RunRecord {
  return recordOf(row.slice(0, RUN_COLUMNS.length));
}

function textOf(cell: unknown): string | undefined {
  return typeof cell === "string" ? cell : undefined;
}
