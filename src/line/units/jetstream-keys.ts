import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm, type KV, type KvEntry } from "@nats-io/kv";
import { nanos } from "@nats-io/transport-node";
import { withLimit, type Clock } from "../../core/clock.ts";
import { milliseconds, type Duration } from "../../core/duration.ts";
import { StationError } from "../../core/error.ts";
import type { Line, LineSession } from "../connect-line.ts";
import { hasNobody, isConflict, isSilence, lineError } from "../line-error.ts";
import { bucketStream } from "../names.ts";
import type { Seen, UnitKeys } from "./keys.ts";

/** How a value is read: undefined where it is none. */
export type ReadValue<Value> = (value: unknown) => Value | undefined;

/** The longest value that is read; ours have some hundred bytes. */
const LARGEST = 16_384;

/** A key-value bucket of JetStream; one request of half the line's limit at a time, so that a second server can be tried within it. */
export class JetStreamKeys<Value> implements UnitKeys<Value> {
  readonly #line: Pick<Line, "reach" | "requestLimit">;
  readonly #clock: Clock;
  readonly #bucket: string;
  readonly #read: ReadValue<Value>;
  readonly #limit: Duration;
  readonly #open = new WeakMap<LineSession, Promise<KV>>();
  readonly #ages = new WeakMap<LineSession, { readonly age: Duration | undefined }>();

  constructor(line: Pick<Line, "reach" | "requestLimit">, clock: Clock, bucket: string, read: ReadValue<Value>) {
    this.#line = line;
    this.#clock = clock;
    this.#bucket = bucket;
    this.#read = read;
    this.#limit = milliseconds(line.requestLimit / 2);
  }

  async read(uuid: string): Promise<Seen<Value>> {
    const entry = await this.#ask("a unit's entry could not be read", uuid, (kv) => kv.get(uuid));
    if (entry === null) return { kind: "nothing" };
    const { revision, operation } = entry;
    if (operation !== "PUT") return { kind: "given-back", revision };
    const value = this.#valueOf(entry);
    return value === undefined ? { kind: "unreadable", revision } : { kind: "value", revision, value };
  }

  async write(uuid: string, value: Value, revision: number): Promise<number | undefined> {
    const text = JSON.stringify(value);
    try {
      return await this.#ask("a unit's entry could not be written", uuid, (kv) =>
        kv.put(uuid, text, { previousSeq: revision, timeout: this.#limit }),
      );
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw error;
    }
  }

  async remove(uuid: string, revision: number): Promise<void> {
    // The library would remove whatever is there.
    if (revision === 0) return;
    try {
      await this.#ask("a unit's entry could not be given back", uuid, (kv) =>
        kv.delete(uuid, { previousSeq: revision }),
      );
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }

  async lifetime(): Promise<Duration | undefined> {
    const session = await this.#line.reach(this.#limit);
    const known = this.#ages.get(session);
    if (known !== undefined) return known.age;
    const age = await this.#limited(session, "the bucket cannot be looked at", {}, () => this.#ageOf(session));
    this.#ages.set(session, { age });
    return age;
  }

  async #ageOf(session: LineSession): Promise<Duration | undefined> {
    const manager = await jetstreamManager(session.nats, { checkAPI: false, timeout: this.#limit });
    const { max_age: age } = (await manager.streams.info(bucketStream(this.#bucket))).config;
    return age === 0 ? undefined : milliseconds(age / nanos(1));
  }

  async #ask<T>(what: string, uuid: string, work: (kv: KV) => Promise<T>): Promise<T> {
    const session = await this.#line.reach(this.#limit);
    return this.#limited(session, what, { uuid }, async () => work(await this.#kvOf(session)));
  }

  async #limited<T>(
    session: LineSession,
    what: string,
    facts: { readonly uuid?: string },
    work: () => Promise<T>,
  ): Promise<T> {
    const named = { bucket: this.#bucket, ...facts };
    try {
      return await withLimit(this.#clock, this.#limit, { code: "line.away", what, facts: named }, work);
    } catch (error) {
      // No answer at all, or none within the limit.
      if (isSilence(error) || (error instanceof StationError && error.code === "line.away")) session.giveUp();
      // Streams without a leader have nobody who answers: that is another thing than a line that was never set up.
      if (hasNobody(error)) throw new StationError("line.away", what, named, { cause: error });
      throw lineError(error, what, named);
    }
  }

  #kvOf(session: LineSession): Promise<KV> {
    const known = this.#open.get(session);
    if (known !== undefined) return known;
    // Bound without direct reads: those may be answered by a server that is behind the leader.
    const opened = new Kvm(jetstream(session.nats, { timeout: this.#limit })).open(this.#bucket);
    this.#open.set(session, opened);
    return opened;
  }

  #valueOf(entry: KvEntry): Value | undefined {
    if (entry.value.length > LARGEST) return undefined;
    try {
      return this.#read(entry.json());
    } catch {
      return undefined;
    }
  }
}
