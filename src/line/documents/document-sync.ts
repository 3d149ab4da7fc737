import type { LineDocumentEvent } from "../../contract/line-document-event.ts";
import type { Publication, Verified, Withdrawal } from "../../contract/line-publication.ts";
import { sleep, type Clock } from "../../core/clock.ts";
import { seconds, type Duration } from "../../core/duration.ts";
import { asStationError, type StationError } from "../../core/error.ts";
import { isoTime } from "../../core/iso-time.ts";
import type { Line } from "../connect-line.ts";
import type { DocumentKeeper } from "./document-keeper.ts";
import { fetchDocuments, type Fetched, type Wanted } from "./fetch-documents.ts";
import { openDocumentBucket } from "./line-bucket.ts";
import type { PublisherTrust } from "./publisher-trust.ts";

/** What brings a station's copies up to date. */
export type SyncParts = {
  readonly line: Pick<Line, "reach" | "session" | "requestLimit">;
  readonly trust: PublisherTrust;
  readonly keeper: DocumentKeeper;
  readonly clock: Clock;
  /** Writes into the chain what was fetched and withdrawn; resolves when it is on the disk. */
  readonly record?: (event: LineDocumentEvent) => Promise<void>;
  /** Told each time that something was fetched, withdrawn or refused. */
  readonly onFetched?: (fetched: Fetched) => void;
};

/** What the line was like at the last look. */
type Seen = { session?: unknown; revision?: number | undefined };

/** How often the line is asked whether there is something new. */
const INTERVAL = seconds(15);

/**
 * Brings the copies up to date once. The chain tells of withdrawals and documents before they are kept: a power cut in between
 * makes it tell them twice, never not at all.
 * @param limit how long the line is waited for at most @throws StationError line.*; what was kept before stays
 */
export async function syncDocuments(
  parts: SyncParts,
  limit: Duration,
  { wanted, signal }: { readonly wanted?: Wanted; readonly signal?: AbortSignal } = {},
): Promise<Fetched> {
  const { line, trust, clock } = parts;
  const session = await line.reach(limit, signal);
  const access = { clock, limit: line.requestLimit, ...(signal === undefined ? {} : { signal }) };
  const bucket = await openDocumentBucket(session, access);
  return fetchDocuments(bucket, trust, recordingKeeper(parts), wanted);
}

function recordingKeeper({ keeper, record, clock }: SyncParts): DocumentKeeper {
  return {
    has: (verified) => keeper.has(verified),
    hasWithdrawal: (verified) => keeper.hasWithdrawal(verified),
    keep: async (document) => {
      await record?.(fetchedEvent(document.verified, clock));
      await keeper.keep(document);
    },
    keepWithdrawal: async (verified) => {
      await record?.(withdrawnEvent(verified, clock));
      await keeper.keepWithdrawal(verified);
    },
  };
}

/** Keeps a station's copies up to date while its line is there. */
export class DocumentSync {
  readonly #parts: SyncParts;
  readonly #stopping = new AbortController();
  readonly #work: Promise<void>;
  #problem: StationError | undefined;

  private constructor(parts: SyncParts) {
    this.#parts = parts;
    this.#work = parts.trust.publishers.length === 0 ? Promise.resolve() : this.#keepUp();
  }

  /** Begins at once, and again whenever the line is back. Where nobody is trusted, there is nothing to do. */
  static start(parts: SyncParts): DocumentSync {
    return new DocumentSync(parts);
  }

  /** Why copies could not be brought up to date at the last attempt; undefined: they could, or none was made. */
  get problem(): StationError | undefined {
    return this.#problem;
  }

  /** Harmless when repeated; resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  async #keepUp(): Promise<void> {
    const { signal } = this.#stopping;
    const isStopped = (): boolean => signal.aborted;
    const seen: Seen = {};
    while (!isStopped()) {
      try {
        await this.#once(seen, signal);
        this.#problem = undefined;
      } catch (error) {
        delete seen.revision;
        if (!isStopped()) this.#problem = asStationError(error);
      }
      await sleep(this.#parts.clock, INTERVAL, signal).catch(() => undefined);
    }
  }

  async #once(seen: Seen, signal: AbortSignal): Promise<void> {
    const { line, clock } = this.#parts;
    const session = await line.reach(undefined, signal);
    const revision = await (await openDocumentBucket(session, { clock, limit: line.requestLimit, signal })).revision();
    if (seen.session === session && seen.revision === revision) return;
    const fetched = await syncDocuments(this.#parts, line.requestLimit, { signal });
    const { withdrawn, refused } = fetched;
    // A server that lags behind the others may not have a file yet: it is asked again.
    const isWhole = refused.every(({ error }) => error.code !== "line.document-changed");
    Object.assign(seen, { session, revision: isWhole ? revision : undefined });
    if (fetched.fetched.length + withdrawn.length + refused.length > 0) this.#parts.onFetched?.(fetched);
  }
}

function fetchedEvent({ publisher, statement }: Verified<Publication>, clock: Clock): LineDocumentEvent {
  const { kind, name, revision, sha256 } = statement;
  return { type: "line.document-fetched", at: isoTime(clock.now()), kind, name, revision, sha256, publisher };
}

function withdrawnEvent({ publisher, statement }: Verified<Withdrawal>, clock: Clock): LineDocumentEvent {
  const { sha256, reason } = statement;
  return { type: "line.document-withdrawn", at: isoTime(clock.now()), sha256, publisher, reason };
}
