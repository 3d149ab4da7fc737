import type { Instant } from "../core/clock.ts";
import { timeOrderedId, type RandomBytes } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import type { CentralStore } from "./central-store.ts";
import { decode, kept, nameIn, type Decoded, type StreamMessage } from "./decode.ts";
import { Draft } from "./draft.ts";
import type { Finding } from "./finding.ts";
import { StationIntake, type Arrival } from "./station-intake.ts";

/** What became of some messages. */
export type Taken = { readonly events: number; readonly findings: readonly Finding[] };

/** What a collector is given. */
export type IngestSurroundings = { readonly now: () => Instant; readonly random: RandomBytes };

/**
 * Brings messages of the stream into the central database: checks each against its station's chain, and commits what they
 * change together with the place in the stream. What it holds between commits is what the database holds: after a failure
 * make another one. A message must come in the order of the stream; the same one again is named as repeated.
 */
export class Ingest {
  readonly #store: CentralStore;
  readonly #surroundings: IngestSurroundings;
  readonly #stations: Map<string, StationIntake>;
  readonly #settlements: number;

  private constructor(
    store: CentralStore,
    surroundings: IngestSurroundings,
    stations: ReadonlyMap<string, StationIntake>,
    settlements: number,
  ) {
    this.#store = store;
    this.#surroundings = surroundings;
    this.#stations = new Map(stations);
    this.#settlements = settlements;
  }

  static async open(store: CentralStore, surroundings: IngestSurroundings): Promise<Ingest> {
    // Asked first: what is settled while the rest is read is noticed at the first commit.
    const settlements = await store.settlements();
    const stations = new Map<string, StationIntake>();
    for (const state of await store.stations()) stations.set(state.station, await StationIntake.open(store, state));
    return new Ingest(store, surroundings, stations, settlements);
  }

  /** The stations and how far they hold. */
  get stations(): readonly Pick<StationIntake, "state" | "open">[] {
    return [...this.#stations.values()];
  }

  /** What people call a station. */
  nameOf(station: string): string {
    return this.#stations.get(station)?.state.name ?? station;
  }

  /**
   * Takes messages and commits. @param stream which stream it is, so that its numbers are not taken for another's
   * @throws StationError collect.*: nothing of it is in the database then
   */
  async take(messages: readonly StreamMessage[], stream: string): Promise<Taken> {
    const last = messages.at(-1);
    if (last === undefined) return { events: 0, findings: [] };
    const draft = new Draft();
    const read = messages.map((message) => ({ message, decoded: decode(message) }));
    await this.#load(read.map(({ decoded }) => decoded));
    const changed = new Set<StationIntake>();
    const time = this.#surroundings.now();
    const at = isoTime(time);
    for (const { message, decoded } of read) {
      const intake = this.#intake(decoded.station);
      changed.add(intake);
      const arrival = this.#arrival(message, time, at);
      if (decoded.kind === "message") await intake.take(draft, decoded.message, arrival);
      else intake.refuse(draft, decoded.finding, decoded.what, arrival);
    }
    const place = { cursor: last.streamSeq, stream, settlements: this.#settlements };
    await this.#store.commit(draft.changes(place, [...changed]));
    for (const intake of changed) await intake.settle();
    return { events: draft.events, findings: draft.findings };
  }

  #intake(station: string): StationIntake {
    const known = this.#stations.get(station);
    if (known !== undefined) return known;
    const intake = StationIntake.unknown(this.#store, station);
    this.#stations.set(station, intake);
    return intake;
  }

  #arrival(message: StreamMessage, time: Instant, at: string): Arrival {
    const newId = (): string => timeOrderedId(time, this.#surroundings.random);
    const text = (): string => kept(message.data);
    return { streamSeq: message.streamSeq, at, newId, text, name: nameIn(message) };
  }

  /** Reads what the database knows of the runs of these messages. */
  async #load(read: readonly Decoded[]): Promise<void> {
    const runs = new Map<string, string[]>();
    for (const each of read) {
      if (each.kind !== "message" || !("run" in each.message) || each.message.run === null) continue;
      const of = runs.get(each.station);
      if (of === undefined) runs.set(each.station, [each.message.run]);
      else if (of.at(-1) !== each.message.run) of.push(each.message.run);
    }
    for (const [station, ids] of runs) await this.#intake(station).runs.load(ids);
  }
}
