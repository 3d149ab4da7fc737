import { sleep, type Clock } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { codeEntry } from "../core/error-codes.ts";
import { asStationError, type StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import { Secret } from "../core/secret.ts";
import type { ClaimResult } from "../contract/station-event.ts";
import type { OwnerClient } from "./owner-client.ts";

/** A unit that is to be claimed by its attestation token. */
export type ClaimRow = { readonly uuid: DeviceUuid; readonly token: Secret; readonly tags: readonly string[] };

/** What became of a unit; `reason` as the service tells it, where it does. */
export type UnitResult = { readonly uuid: DeviceUuid; readonly result: ClaimResult; readonly reason?: string };

/** What a look at a unit before its claim says. */
export type UnitPreview = Omit<UnitResult, "result"> & { readonly result: ClaimResult | "claimable" };

/** What bulk work takes. */
export type BulkParts = { readonly owner: OwnerClient; readonly clock: Clock; readonly signal: AbortSignal };

/** How often a portion is sent while no answer comes. */
const TRIES = 3;
/** Units that are asked about at a time. */
const AT_ONCE = 8;

/**
 * Claims a portion of units by one bulk call (peers.md 4.1) and finds out about each that the service did not claim: is it ours
 * already, does another account own it, was it refused. A call whose answer was lost is repeated for the units only that are
 * not ours by then, so that repeats do no harm.
 * @param rows at most 1000
 * @throws StationError cloud.* when the service refuses the call as a whole; nothing was claimed then
 */
export async function claimPortion(rows: readonly ClaimRow[], parts: BulkParts): Promise<readonly UnitResult[]> {
  const results = new Map<DeviceUuid, UnitResult>();
  const open = (): readonly ClaimRow[] => rows.filter(({ uuid }) => !results.has(uuid));
  const take = (found: readonly UnitResult[]): void => {
    for (const result of found) results.set(result.uuid, result);
  };
  for (let tries = 1; open().length > 0; tries++) {
    try {
      const sent = open();
      const { claimed, reasons } = await parts.owner.claimAll(bulkText(sent), parts.signal);
      take(claimed.flatMap((uuid) => (sent.some((row) => row.uuid === uuid) ? [{ uuid, result: "claimed" }] : [])));
      take(await inTurns(open(), (row) => unclaimed(row, reasons.get(row.uuid), parts)));
    } catch (error) {
      if (!isUnanswered(asStationError(error)) || parts.signal.aborted) throw error;
      if (tries < TRIES) await sleep(parts.clock, seconds(2 ** tries), parts.signal);
      take((await inTurns(open(), (row) => claimedAfterAll(row, parts))).flat());
      if (tries >= TRIES) take(open().map(({ uuid }) => ({ uuid, result: "unknown" })));
    }
  }
  return rows.flatMap(({ uuid }) => results.get(uuid) ?? []);
}

/** What would become of each unit, without claiming any. @throws StationError cloud.*, transport.* that concern all */
export function previewClaims(rows: readonly ClaimRow[], parts: BulkParts): Promise<readonly UnitPreview[]> {
  return inTurns(rows, (row) => previewOf(row, parts));
}

/** Gives units up, each asked about first; repeats do no harm. @throws StationError cloud.* that concern all units */
export function unclaimUnits(units: readonly DeviceUuid[], parts: BulkParts): Promise<readonly UnitResult[]> {
  const { owner, signal } = parts;
  return inTurns(units, async (uuid): Promise<UnitResult> => {
    try {
      if ((await owner.readUnit(uuid, signal)) === undefined) return { uuid, result: "not-ours" };
      await owner.unclaim(uuid, signal);
      return { uuid, result: "unclaimed" };
    } catch (error) {
      const cause = asStationError(error);
      if (concernsAll(cause) || signal.aborted) throw cause;
      return { uuid, result: isUnanswered(cause) ? "unknown" : "refused", reason: reasonOf(cause) };
    }
  });
}

/** The units as the bulk call takes them: every field quoted, tags joined by commas. */
function bulkText(rows: readonly ClaimRow[]): Secret {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map(({ token, tags }) =>
    [token.reveal(), ...(tags.length === 0 ? [] : [tags.join(",")])].map(quoted).join(","),
  );
  return new Secret(`${lines.join("\n")}\n`);
}

/** A unit that the bulk call did not claim. */
async function unclaimed(row: ClaimRow, reason: string | undefined, parts: BulkParts): Promise<UnitResult> {
  const { uuid, result, reason: found } = await previewOf(row, parts);
  const told = reason ?? found;
  const known = result === "claimable" ? "refused" : result;
  return { uuid, result: known, ...(told === undefined ? {} : { reason: told }) };
}

async function previewOf({ uuid, token }: ClaimRow, { owner, signal }: BulkParts): Promise<UnitPreview> {
  try {
    const found = await owner.inspect(token.reveal(), uuid, signal);
    return { uuid, result: found.kind === "ours" ? "ours-already" : "claimable" };
  } catch (error) {
    const cause = asStationError(error);
    if (concernsAll(cause) || isUnanswered(cause) || signal.aborted) throw cause;
    const result = cause.code === "cloud.claimed-elsewhere" ? "claimed-elsewhere" : "refused";
    return { uuid, result, reason: reasonOf(cause) };
  }
}

/** A unit of a call whose answer was lost: the claim may have been made. */
async function claimedAfterAll({ uuid }: ClaimRow, { owner, signal }: BulkParts): Promise<readonly UnitResult[]> {
  try {
    return (await owner.readUnit(uuid, signal)) === undefined ? [] : [{ uuid, result: "ours-already" }];
  } catch (error) {
    const cause = asStationError(error);
    if (concernsAll(cause) || signal.aborted) throw cause;
    return [];
  }
}

/** Whether nobody knows what the service has done. */
function isUnanswered({ code }: StationError): boolean {
  return code.startsWith("transport.") || code === "cloud.unavailable" || code === "cloud.bad-answer";
}

/** Whether every other unit would end in the same way. */
function concernsAll({ code }: StationError): boolean {
  return ["cloud.key-refused", "cloud.role-refused", "cloud.endpoint-unknown", "cloud.too-many-requests"].includes(
    code,
  );
}

function reasonOf(error: StationError): string {
  const { message } = error.facts;
  return typeof message === "string" ? message : codeEntry(error.code).advice;
}

async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  return results;
}
