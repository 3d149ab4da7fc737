import {
  DiscardPolicy,
  jetstreamManager,
  JetStreamApiCodes,
  JetStreamApiError,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import type { LineSession } from "./connect-line.ts";
import { lineError } from "./line-error.ts";
import { BUCKETS, bucketStream, EVENTS, RESULTS } from "./names.ts";

/** What an engineer decides when a line is set up. */
export type LineSetup = {
  /** On how many servers everything is kept: 1, 3 or 5. */
  readonly replicas: number;
  /** How long a claimed unit stays claimed when its station falls silent. */
  readonly lease: Duration;
  /** How long events and results are kept; absent: for ever. */
  readonly keep?: Duration;
};

/** What became of a stream or bucket. */
export type SetUpPart = { readonly name: string; readonly done: "made" | "changed" | "kept" };

/** What a stream of the line tells. */
export type LinePart = {
  readonly name: string;
  readonly messages: number;
  readonly bytes: number;
  readonly replicas: number;
  /** The server that leads it, in a cluster. */
  readonly leader?: string;
};

/** What may be changed of a stream that is there; everything else was decided when it was made. */
const CHANGEABLE = ["num_replicas", "max_age", "duplicate_window"] as const;
const FIXED = ["subjects", "storage", "discard", "max_msgs_per_subject", "deny_delete", "deny_purge"] as const;
const DUPLICATE_WINDOW = seconds(120);

/**
 * Makes the streams and buckets of a line, and brings what is there up to what is asked for. Harmless when repeated.
 * @throws StationError line.differs where that cannot be, line.*
 */
export async function setUpLine(session: LineSession, setup: LineSetup): Promise<readonly SetUpPart[]> {
  const manager = await managerOf(session);
  const parts: SetUpPart[] = [];
  for (const wanted of streamsOf(setup)) parts.push(await ensure(manager, wanted));
  return parts;
}

/** What there is of a line: its streams and buckets in the order of {@link setUpLine}. @throws StationError line.not-set-up, line.* */
export async function lookAtLine(session: LineSession): Promise<readonly LinePart[]> {
  const manager = await managerOf(session);
  const parts: LinePart[] = [];
  for (const name of [EVENTS.stream, RESULTS.stream, ...Object.values(BUCKETS).map(bucketStream)]) {
    try {
      parts.push(partOf(await manager.streams.info(name)));
    } catch (error) {
      throw lineError(error, "a part of the line is missing", { stream: name });
    }
  }
  return parts;
}

async function managerOf(session: LineSession): Promise<JetStreamManager> {
  return jetstreamManager(session.nats, { checkAPI: false, timeout: session.js.getOptions().timeout ?? seconds(3) });
}

function partOf({ config, state, cluster }: StreamInfo): LinePart {
  const leader = cluster?.leader;
  return {
    ...{ name: config.name, messages: state.messages, bytes: state.bytes, replicas: config.num_replicas },
    ...(leader === undefined || leader === "" ? {} : { leader }),
  };
}

async function ensure(manager: JetStreamManager, wanted: Wanted): Promise<SetUpPart> {
  const { name } = wanted;
  try {
    const found = await configOf(manager, name);
    if (found === undefined) {
      await manager.streams.add(wanted);
      return { name, done: "made" };
    }
    const different = FIXED.find((field) => !same(found[field], wanted[field]));
    if (different !== undefined)
      throw new StationError("line.differs", "a part of the line was made in another way", {
        ...{ stream: name, field: different, found: String(found[different]), wanted: String(wanted[different]) },
      });
    if (CHANGEABLE.every((field) => found[field] === wanted[field])) return { name, done: "kept" };
    await manager.streams.update(name, wanted);
    return { name, done: "changed" };
  } catch (error) {
    throw lineError(error, "the line could not be set up", { stream: name });
  }
}

async function configOf(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
    throw error;
  }
}

/** Servers leave out what is false or without limit. */
function same(found: unknown, wanted: unknown): boolean {
  const plain = (value: unknown): string => JSON.stringify(value === undefined || value === -1 ? false : value);
  return plain(found) === plain(wanted);
}

type Wanted = Pick<StreamConfig, (typeof CHANGEABLE)[number] | (typeof FIXED)[number] | "name"> & Partial<StreamConfig>;

function streamsOf({ replicas, lease, keep }: LineSetup): readonly Wanted[] {
  const common = { storage: StorageType.File, discard: DiscardPolicy.New, num_replicas: replicas, deny_delete: true };
  const maxAge = keep === undefined ? 0 : nanos(keep);
  // Records leave by age alone: nobody's credentials can delete or purge them.
  const record = ({ stream, subjects }: { readonly stream: string; readonly subjects: string }): Wanted => ({
    ...{ ...common, name: stream, subjects: [subjects], max_age: maxAge, max_msgs_per_subject: -1, deny_purge: true },
    duplicate_window: nanos(keep === undefined ? DUPLICATE_WINDOW : Math.min(keep, DUPLICATE_WINDOW)),
  });
  const bucket = (name: string, history: number, ttl: Duration | undefined): Wanted => ({
    ...{
      ...common,
      name: bucketStream(name),
      subjects: [`$KV.${name}.>`],
      max_age: ttl === undefined ? 0 : nanos(ttl),
    },
    ...{ max_msgs_per_subject: history, deny_purge: false, allow_rollup_hdrs: true, allow_direct: false },
    duplicate_window: nanos(ttl === undefined ? DUPLICATE_WINDOW : Math.min(ttl, DUPLICATE_WINDOW)),
  });
  return [
    record(EVENTS),
    record(RESULTS),
    bucket(BUCKETS.leases, 1, lease),
    bucket(BUCKETS.passed, 1, undefined),
    bucket(BUCKETS.documents, 1, undefined),
  ];
}
