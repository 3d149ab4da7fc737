import type { Clock } from "../../../src/core/clock.ts";
import type { Duration } from "../../../src/core/duration.ts";
import { StationError } from "../../../src/core/error.ts";
import type { Seen, UnitKeys } from "../../../src/line/units/keys.ts";

type Entry<Value> = {
  readonly revision: number;
  readonly value: Value | undefined;
  readonly writtenAt: number;
};

/** What becomes of one request: carried out or not, answered or not. */
export type Fate = "done" | "not-sent" | "unanswered";

/** The content of a bucket, as its servers hold it; values end by themselves after `lifetime`, by the clock of the servers. */
export class MemoryUnitBucket<Value> {
  readonly clock: Clock;
  readonly lifetime: Duration | undefined;
  #entries = new Map<string, Entry<Value>>();
  #revision = 0;
  /** How far the servers' wall clock went ahead, ms. */
  jumped = 0;

  constructor(clock: Clock, lifetime?: Duration) {
    this.clock = clock;
    this.lifetime = lifetime;
  }

  get(uuid: string): Entry<Value> | undefined {
    const entry = this.#entries.get(uuid);
    if (entry === undefined || this.lifetime === undefined) return entry;
    return this.clock.monotonic() + this.jumped - entry.writtenAt >= this.lifetime ? undefined : entry;
  }

  /** Writes whatever was there before, as another program may. */
  put(uuid: string, value: Value | undefined): number {
    this.#revision += 1;
    const writtenAt = this.clock.monotonic() + this.jumped;
    this.#entries.set(uuid, { revision: this.#revision, value, writtenAt });
    return this.#revision;
  }
}

/** The way of one station to a bucket in memory; a test decides what becomes of its requests. */
export class MemoryKeys<Value> implements UnitKeys<Value> {
  readonly #bucket: MemoryUnitBucket<Value>;
  /** Called for every request before it is sent. */
  fate: (what: "read" | "write" | "remove" | "lifetime", uuid: string) => Fate | Promise<Fate> = () => "done";

  constructor(bucket: MemoryUnitBucket<Value>) {
    this.#bucket = bucket;
  }

  read(uuid: string): Promise<Seen<Value>> {
    return this.#ask("read", uuid, (): Seen<Value> => {
      const entry = this.#bucket.get(uuid);
      if (entry === undefined) return { kind: "nothing" };
      const { revision, value } = entry;
      if (value === undefined) return { kind: "given-back", revision };
      return value === null ? { kind: "unreadable", revision } : { kind: "value", revision, value };
    });
  }

  write(uuid: string, value: Value, revision: number): Promise<number | undefined> {
    return this.#ask("write", uuid, () => {
      const found = this.#bucket.get(uuid)?.revision ?? 0;
      return found === revision ? this.#bucket.put(uuid, value) : undefined;
    });
  }

  async remove(uuid: string, revision: number): Promise<void> {
    if (revision === 0) return;
    await this.#ask("remove", uuid, () => {
      if (this.#bucket.get(uuid)?.revision === revision) this.#bucket.put(uuid, undefined);
    });
  }

  lifetime(): Promise<Duration | undefined> {
    return this.#ask("lifetime", "", () => this.#bucket.lifetime);
  }

  async #ask<T>(what: "read" | "write" | "remove" | "lifetime", uuid: string, work: () => T): Promise<T> {
    const fate = await this.fate(what, uuid);
    const away = (): StationError => new StationError("line.away", "the line does not answer", { what });
    if (fate === "not-sent") throw away();
    const answer = work();
    if (fate === "unanswered") throw away();
    return answer;
  }
}
