import type { AuditStore } from "../../src/audit/audit-store.ts";
import { MOST_SHOWN, type LineConflict, type LineState } from "../../src/contract/desktop-line.ts";
import type { LineUnitEvent } from "../../src/contract/line-event.ts";
import { LineFileSchema, type ResolvedLine } from "../../src/contract/line-file.ts";
import { LeaseSchema, PassedSchema } from "../../src/contract/line-lease.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Secret } from "../../src/core/secret.ts";
import { connectLine, type Line } from "../../src/line/connect-line.ts";
import { BUCKETS } from "../../src/line/names.ts";
import { Interlock } from "../../src/line/units/interlock.ts";
import { JetStreamKeys } from "../../src/line/units/jetstream-keys.ts";
import { loadLine } from "../../src/station/files/line-file.ts";
import { loadDocument } from "../../src/station/files/load-document.ts";
import { LineWatch } from "../shared-line/line-watch.ts";
import type { LineSecrets } from "../shared-line/line-secrets.ts";
import type { RunningLine } from "../shared-line/shared-line.ts";

export type RunLineParts = {
  readonly store: AuditStore;
  readonly secrets: LineSecrets;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Told what changes, once a second at most. */
  readonly tell: (state: LineState) => void;
  /** Conflicts up to this moment were seen. */
  readonly seenUpTo: () => string | undefined;
};

/**
 * Reads a line file and begins to look for its servers; answers at once.
 * @throws StationError file.*, line.credentials, vault.*
 */
export async function runLine(file: string, parts: RunLineParts): Promise<RunningLine> {
  const { store, clock, tell, seenUpTo, environment } = parts;
  const vault = await vaultFor(file, parts.secrets);
  const settings = await loadLine(file, { environment, ...(vault === undefined ? {} : { vault }) });
  const line = connectLine(settings, { clock });
  const noted = { conflicts: newestConflicts(store) };
  const interlock = interlockOf(line, parts, ({ type }) => {
    if (type === "line.conflict") noted.conflicts = newestConflicts(store);
  });
  const unsubscribe = line.subscribe(({ state }) => {
    if (state === "connected") interlock?.reached();
  });
  const watch = new LineWatch(
    {
      ...{ name: settings.name, station: settings.station.name, link: () => line.status },
      whenAway: settings.interlock === false ? null : settings.interlock.whenAway,
      waiting: () => store.outbox?.size ?? 0,
      stuck: () => undefined,
      alone: () => interlock?.alone ?? 0,
      conflicts: () => noted.conflicts.filter(({ at }) => at > (seenUpTo() ?? "")),
    },
    clock,
    tell,
  );
  return {
    watch,
    ...(interlock === undefined ? {} : { interlock }),
    close: async () => {
      watch.close();
      unsubscribe();
      await interlock?.close();
      await line.close();
    },
  };
}

/** The vault's credentials, where the line file says that they are there. @throws StationError file.*, vault.* */
async function vaultFor(file: string, secrets: LineSecrets): Promise<Secret | undefined> {
  const { value } = await loadDocument(file, LineFileSchema);
  if (value.credentials === undefined || !("vault" in value.credentials)) return undefined;
  const { secret, problem } = await secrets.credentials(value);
  if (problem !== undefined) throw problem;
  return secret;
}

function interlockOf(
  line: Line,
  { store, clock }: RunLineParts,
  onEvent: (event: LineUnitEvent) => void,
): Interlock | undefined {
  const { interlock: rule, station }: ResolvedLine = line.settings;
  if (rule === false) return undefined;
  return new Interlock({
    ...{ rule, clock, limit: line.requestLimit, record: store.line, onEvent },
    station: { id: store.stationId, name: station.name },
    leases: new JetStreamKeys(line, clock, BUCKETS.leases, (value) => LeaseSchema.safeParse(value).data),
    passed: new JetStreamKeys(line, clock, BUCKETS.passed, (value) => PassedSchema.safeParse(value).data),
  });
}

/** @throws StationError audit.* */
function newestConflicts(store: AuditStore): readonly LineConflict[] {
  return store.line.conflicts(MOST_SHOWN.conflicts).map(({ uuid, at, run, what, other, otherAt }) => {
    return { uuid, at, run, what, other, otherAt };
  });
}
