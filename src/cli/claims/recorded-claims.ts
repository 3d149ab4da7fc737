import { randomBytes } from "node:crypto";
import { dirname, resolve } from "node:path";
import type { AuditStore } from "../../audit/audit-store.ts";
import { openAuditStore } from "../../audit/open-audit-store.ts";
import type { UnitResult } from "../../cloud/bulk-claim.ts";
import type { ClaimsEvent } from "../../contract/station-event.ts";
import type { DeviceUuid } from "../../core/ids.ts";
import { isoTime } from "../../core/iso-time.ts";
import { STATION_VERSION } from "../../core/version.ts";
import { required } from "../arguments.ts";
import type { Arguments, CommandContext } from "../command.ts";
import { ensureFolder } from "../folder.ts";

/** What is done to a portion of units. */
export type ClaimsAct = {
  readonly act: ClaimsEvent["act"];
  readonly profile: string;
  readonly tags: readonly string[];
  readonly units: readonly DeviceUuid[];
};

/**
 * Works with the audit database of `--audit`, made when missing, and closes it afterwards.
 * @throws StationError cli.folder, audit.*
 */
export async function withRecord<T>(
  args: Arguments,
  { clock }: CommandContext,
  work: (store: AuditStore) => Promise<T>,
): Promise<T> {
  const file = resolve(required(args, "audit"));
  await ensureFolder(dirname(file));
  const common = { file, clock, random: randomBytes, version: STATION_VERSION, program: "station" };
  const { store } = await openAuditStore(common);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/**
 * Does something to a portion of units: the intent is on the disk before the first request, what became of each unit after it.
 * What fails as a whole leaves every unit as `unknown` in the record.
 * @throws StationError audit.* before anything was sent; what `work` throws
 */
export async function recorded(
  store: AuditStore,
  { clock }: CommandContext,
  { act, profile, tags, units }: ClaimsAct,
  work: () => Promise<readonly UnitResult[]>,
): Promise<readonly UnitResult[]> {
  const now = (): string => isoTime(clock.now());
  await store.recordClaims({ type: "claims.announced", at: now(), act, profile, tags: [...tags], units: [...units] });
  const conclude = (results: readonly UnitResult[]): Promise<void> =>
    store.recordClaims({
      ...{ type: "claims.concluded", at: now(), act, profile },
      units: results.map(({ uuid, result }) => ({ uuid, result })),
    });
  try {
    const results = await work();
    await conclude(results);
    return results;
  } catch (error) {
    // What failed first is told, not what the record says on top of it.
    await conclude(units.map((uuid) => ({ uuid, result: "unknown" }))).catch(() => undefined);
    throw error;
  }
}
