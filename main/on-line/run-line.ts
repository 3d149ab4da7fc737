import type { AuditStore } from "../../src/audit/audit-store.ts";
import { MOST_SHOWN, type LineConflict, type LineState } from "../../src/contract/desktop-line.ts";
import type { LineUnitEvent } from "../../src/contract/line-event.ts";
import { LineFileSchema, type ResolvedLine } from "../../src/contract/line-file.ts";
import type { Clock } from "../../src/core/clock.ts";
import { StationError } from "../../src/core/error.ts";
import type { Secret } from "../../src/core/secret.ts";
import { connectLine, type Line } from "../../src/line/connect-line.ts";
import { DocumentSync } from "../../src/line/documents/document-sync.ts";
import { PublisherTrust } from "../../src/line/documents/publisher-trust.ts";
import { Drain } from "../../src/line/drain/drain.ts";
import type { EndedRun } from "../../src/line/units/interlock.ts";
import { openInterlock } from "../../src/line/units/line-interlock.ts";
import { orClose } from "../../src/line/or-close.ts";
import { loadLine } from "../../src/station/files/line-file.ts";
import { loadDocument } from "../../src/station/files/load-document.ts";
import { DocumentGuard } from "../../src/station/published/document-guard.ts";
import { PublishedDocuments } from "../../src/station/published/published-documents.ts";
import { PublishedShelf } from "../../src/station/published/published-shelf.ts";
import { LineWatch } from "../shared-line/line-watch.ts";
import type { LineSecrets } from "../shared-line/line-secrets.ts";
import type { RunningLine } from "../shared-line/shared-line.ts";
import { unseenConflicts, type SeenConflict } from "../shared-line/unseen-conflicts.ts";

export type RunLineParts = {
  readonly store: AuditStore;
  readonly secrets: LineSecrets;
  /** Folder of the station's copies of the line's documents. */
  readonly copies: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Told what changes, once a second at most. */
  readonly tell: (state: LineState) => void;
  /** The newest conflict that was seen. */
  readonly lastSeen: () => SeenConflict | undefined;
};

/**
 * Reads a line file and joins the station to its line, which is looked for in the background: claims units, keeps the copies of
 * documents up to date, sends what waits.
 * @throws StationError file.*, line.credentials, line.document-*, vault.*, audit.*
 */
export async function runLine(file: string, parts: RunLineParts): Promise<RunningLine> {
  const { store, clock, environment } = parts;
  const { outbox: source } = store;
  if (source === undefined) throw new StationError("station.internal", "the audit database belongs to no line");
  const vault = await vaultFor(file, parts.secrets);
  const settings = await loadLine(file, { environment, ...(vault === undefined ? {} : { vault }) });
  const documents = await documentsOf(settings, parts.copies);
  const conflicts = new NotedConflicts(store);
  const line = connectLine(settings, { clock });
  const onEvent = ({ type }: LineUnitEvent): void => {
    if (type === "line.conflict") conflicts.renew();
  };
  const interlock = { clock, stationId: store.stationId, record: store.line, onEvent };
  const claims = await orClose(
    () => openInterlock(line, interlock),
    () => line.close(),
  );
  const ended = claims && { ended: (run: EndedRun) => claims.interlock.ended(run) };
  const drain = new Drain({ line, source, clock, ...ended });
  const { trust, shelf, guard } = documents;
  const record: AuditStore["line"]["note"] = (event) => store.line.note(event);
  const sync = DocumentSync.start({ line, trust, keeper: shelf, clock, record });
  const leave = async (): Promise<void> => {
    await claims?.close();
    await sync.stop();
    // What the last runs have left is sent as long as somebody takes it; the rest waits for the next start.
    if (line.status.state === "connected") await drain.finish(line.requestLimit);
    await drain.close();
    await line.close();
  };
  const units = { alone: () => claims?.interlock.alone ?? 0, conflicts: () => conflicts.newest };
  const watch = await orClose(() => watchOf(line, { drain, sync }, parts, units), leave);
  return {
    ...{ watch, guard, documents: new PublishedDocuments(shelf) },
    ...(claims === undefined ? {} : { interlock: claims.interlock }),
    close: async () => {
      watch.close();
      await leave();
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

/** @throws StationError line.document-* where a publisher's key cannot be used */
async function documentsOf({ documents: { trust: keys, require } }: ResolvedLine, copies: string) {
  const trust = await PublisherTrust.of(keys);
  const shelf = new PublishedShelf(copies, (jws) => trust.verify(jws));
  return { trust, shelf, guard: new DocumentGuard(shelf, { require }) };
}

type Units = { readonly alone: () => number; readonly conflicts: () => readonly LineConflict[] };

function watchOf(
  line: Line,
  { drain, sync }: { readonly drain: Drain; readonly sync: DocumentSync },
  { clock, tell, lastSeen }: RunLineParts,
  { alone, conflicts }: Units,
): LineWatch {
  const { name, station, interlock } = line.settings;
  const sources = {
    ...{ name, station: station.name, alone, link: () => line.status },
    whenAway: interlock === false ? null : interlock.whenAway,
    training: interlock !== false && interlock.training,
    waiting: () => drain.status.waiting,
    stuck: () => (line.status.state === "connected" ? (drain.status.why ?? sync.problem) : undefined),
    conflicts: () => unseenConflicts(conflicts(), lastSeen()),
  };
  return new LineWatch(sources, clock, tell);
}

/** The newest conflicts of the record, read again only once another was noted: they are looked at every second. */
class NotedConflicts {
  readonly #store: AuditStore;
  #newest: readonly LineConflict[] | undefined;

  constructor(store: AuditStore) {
    this.#store = store;
  }

  renew(): void {
    this.#newest = undefined;
  }

  /** @throws StationError audit.* */
  get newest(): readonly LineConflict[] {
    this.#newest ??= this.#store.line.conflicts(MOST_SHOWN.conflicts).map(conflictOf);
    return this.#newest;
  }
}

function conflictOf({ uuid, at, run, what, other, otherAt }: LineConflict): LineConflict {
  return { uuid, at, run, what, other, otherAt };
}
