import { Kvm, type KV, type KvEntry } from "@nats-io/kv";
import { withLimit, type Clock } from "../../core/clock.ts";
import type { Duration } from "../../core/duration.ts";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import type { LineSession } from "../connect-line.ts";
import { lineError } from "../line-error.ts";
import { BUCKETS } from "../names.ts";
import type { BucketEntry, DocumentBucket } from "./document-bucket.ts";

/** Statements of one kind that a station looks at. */
const MOST_ENTRIES = 4000;

/** How requests are made: each ends within `limit`, or when the signal aborts. */
export type BucketAccess = { readonly clock: Clock; readonly limit: Duration; readonly signal?: AbortSignal };

/**
 * The documents of the line over one session.
 * @throws StationError line.away, line.refused, line.not-set-up
 */
export async function openDocumentBucket(
  { js }: Pick<LineSession, "js">,
  { clock, limit, signal }: BucketAccess,
): Promise<DocumentBucket> {
  const asking = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const over = { code: "line.away", what: "the line did not answer in time" } as const;
    try {
      return await withLimit(clock, limit, over, () => work(), signal);
    } catch (error) {
      throw lineError(error, what);
    }
  };
  const bucket = await asking("the documents of the line cannot be opened", () =>
    new Kvm(js).open(BUCKETS.documents, { timeout: limit }),
  );
  return {
    entries: (prefix) => asking("the line's documents cannot be listed", () => newestOf(bucket, `${prefix}.>`)),
    value: (key) => asking("a document cannot be read from the line", async () => valueIn(await bucket.get(key))),
    put: (key, value) =>
      asking("a document cannot be put on the line", async () => {
        await bucket.put(key, value);
      }),
    revision: () =>
      asking("the line's documents cannot be looked at", async () => {
        const { streamInfo } = await bucket.status();
        return streamInfo.state.last_seq;
      }),
  };
}

function valueIn(entry: KvEntry | null): Uint8Array | undefined {
  return entry?.operation === "PUT" ? entry.value : undefined;
}

async function newestOf(bucket: KV, keys: string): Promise<readonly BucketEntry[]> {
  const newest = new Map<string, Uint8Array>();
  const entries = await bucket.history({ key: keys });
  for await (const entry of entries) {
    const value = valueIn(entry);
    if (value === undefined) newest.delete(entry.key);
    else newest.set(entry.key, value);
    if (newest.size <= MOST_ENTRIES) continue;
    const limit = quantity(MOST_ENTRIES, "items");
    throw new StationError("line.documents-full", "the line has too many documents", { limit });
  }
  return [...newest].map(([key, value]) => ({ key, value }));
}
