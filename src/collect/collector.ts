import { Backoff } from "../core/backoff.ts";
import { abortReason, sleep, type Clock } from "../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../core/duration.ts";
import { asStationError, type StationError } from "../core/error.ts";
import { codeEntry } from "../core/error-codes.ts";
import type { RandomBytes } from "../core/ids.ts";
import type { Line } from "../line/connect-line.ts";
import type { CentralAddress } from "./central-address.ts";
import { CentralStore } from "./central-store.ts";
import { tryCollectorLock } from "./collector-lock.ts";
import type { Finding } from "./finding.ts";
import { Ingest } from "./ingest.ts";
import { openSession, prepareCentral } from "./open-central.ts";
import { Pump } from "./pump.ts";
import type { Sql } from "./sql.ts";
import { StreamFeed } from "./stream-feed.ts";

/** What a collector tells while it works. */
export type CollectorNews =
  /** Another collector of this database is at work; this one waits for its end. */
  | { readonly kind: "standby" }
  /** `open`: identities of findings that were open before, as far as they are held. */
  | { readonly kind: "collecting"; readonly from: number; readonly until: number; readonly open: readonly string[] }
  /** Events of a commit; `cursor`: number of the newest message of the stream that is dealt with. */
  | { readonly kind: "committed"; readonly events: number; readonly cursor: number }
  | { readonly kind: "finding"; readonly finding: Finding; readonly stationName: string }
  /** It goes on by itself after `wait`. */
  | { readonly kind: "trouble"; readonly error: StationError; readonly wait: Duration };

/** What a collector works with. */
export type CollectorOptions = {
  readonly line: Line;
  readonly address: CentralAddress;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly tell: (news: CollectorNews) => void;
};

const FIRST_WAIT = milliseconds(200);
const LONGEST_WAIT = seconds(10);
const LOCK_PAUSE = milliseconds(500);

/**
 * Brings the line's events into the central database until the signal aborts. Whatever fails in between is told and tried
 * again, from what the database holds; only what a person has to change ends it.
 * @throws StationError collect.*, line.* that trying again cannot help; the signal's reason
 */
export async function collect(options: CollectorOptions, signal: AbortSignal): Promise<never> {
  const waits = new Backoff(FIRST_WAIT, LONGEST_WAIT);
  const told = (news: CollectorNews): void => {
    if (news.kind === "committed") waits.reset();
    options.tell(news);
  };
  for (;;) {
    try {
      await session({ ...options, tell: told }, signal);
    } catch (error) {
      if (signal.aborted) throw abortReason(signal);
      const failure = asStationError(error);
      if (!codeEntry(failure.code).retry) throw failure;
      const wait = waits.next();
      options.tell({ kind: "trouble", error: failure, wait });
      await sleep(options.clock, wait, signal);
    }
  }
}

/** One session with the database, until it or the line is lost. */
async function session(options: CollectorOptions, signal: AbortSignal): Promise<never> {
  const sql = await openSession(options.address, { readOnly: false, program: "station collect", signal });
  try {
    const release = await lock(sql, options, signal);
    try {
      return await collectWith(sql, options, signal);
    } finally {
      release();
    }
  } finally {
    await sql.close();
  }
}

async function lock(sql: Sql, { address, clock, tell }: CollectorOptions, signal: AbortSignal): Promise<() => void> {
  for (let attempt = 0; ; attempt++) {
    const release = await tryCollectorLock(sql, address);
    if (release !== undefined) return release;
    if (attempt === 0) tell({ kind: "standby" });
    await sleep(clock, LOCK_PAUSE, signal);
  }
}

async function collectWith(sql: Sql, options: CollectorOptions, signal: AbortSignal): Promise<never> {
  const { line, clock, random, tell } = options;
  await prepareCentral(sql, clock.now());
  const store = new CentralStore(sql);
  const place = await store.place();
  const ingest = await Ingest.open(store, { now: () => clock.now(), random });
  const reached = await line.reach(undefined, signal);
  const feed = await StreamFeed.open(reached, place.id, line.requestLimit);
  const { stream, lastSeq } = await feed.place();
  // Another stream of the name, or an older state of it: from its beginning, what is there already is told apart.
  const from = place.stream === stream && place.cursor <= lastSeq ? place.cursor : 0;
  const open = ingest.stations.flatMap((station) => station.open.map(({ id }) => id));
  tell({ kind: "collecting", from, until: lastSeq, open });
  const ending = new AbortController();
  const pump = new Pump(feed.messages(from, AbortSignal.any([signal, ending.signal])));
  try {
    for (;;) await commitNext(pump, ingest, stream, tell);
  } finally {
    ending.abort();
    pump.close();
  }
}

async function commitNext(
  pump: Pump,
  ingest: Ingest,
  stream: string,
  tell: (news: CollectorNews) => void,
): Promise<void> {
  const deliveries = await pump.next();
  const messages = deliveries.map(({ message }) => message);
  const { events, findings } = await ingest.take(messages, stream);
  for (const { ack } of deliveries) ack();
  for (const finding of findings) tell({ kind: "finding", finding, stationName: ingest.nameOf(finding.station) });
  tell({ kind: "committed", events, cursor: messages.at(-1)?.streamSeq ?? 0 });
}
