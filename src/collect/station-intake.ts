import { signatureCheck } from "../audit/station-key.ts";
import type { LineIdentity, LineMessage } from "../contract/line-message.ts";
import { StationError } from "../core/error.ts";
import type { CentralStore, CollectedEvent } from "./central-store.ts";
import { identified, unknownStation, type ChainState } from "./chain-state.ts";
import type { Draft } from "./draft.ts";
import { FindingsBook, type Found } from "./findings-book.ts";
import { observed, type Finding, type Observation } from "./finding.ts";
import { follow, notFollowing, placementOf, rowMisfit } from "./judge.ts";
import { RunBook } from "./run-book.ts";
import { passMissing, passRow, SettledPlaces } from "./settled-places.ts";

/** A message's place in the stream and how findings about it are named. */
export type Arrival = {
  readonly streamSeq: number;
  readonly at: string;
  /** A new identity for a finding. */
  readonly newId: () => string;
  /** The beginning of the message; undefined where none has come. */
  readonly text: () => string | undefined;
  readonly name: string | undefined;
};

/** Rows that are read at a time when a chain catches up. */
const PAGE = 500;

/** Takes the messages of one station in the order of the stream, and says what is wrong with them. */
export class StationIntake {
  readonly #store: CentralStore;
  readonly #findings: FindingsBook;
  readonly #settled: SettledPlaces;
  readonly runs: RunBook;
  #state: ChainState;
  /** A person has settled what the chain stands before, and the row behind that has not come. */
  #mayPass = false;

  private constructor(store: CentralStore, state: ChainState, open: readonly Finding[]) {
    this.#store = store;
    this.#state = state;
    this.#findings = new FindingsBook(state.station, open);
    this.#settled = new SettledPlaces(store, state.station);
    this.runs = new RunBook(store, state.station);
  }

  static async open(store: CentralStore, state: ChainState): Promise<StationIntake> {
    const intake = new StationIntake(store, state, await store.openFindings(state.station));
    const next = state.position + 1;
    intake.#mayPass = state.position < state.top && (await intake.#settled.areMissing(next, next));
    return intake;
  }

  static unknown(store: CentralStore, station: string): StationIntake {
    return new StationIntake(store, unknownStation(station), []);
  }

  get state(): ChainState {
    return this.#state;
  }

  get open(): readonly Finding[] {
    return this.#findings.open;
  }

  /** Takes one message; everything that follows from it goes into the draft. */
  async take(draft: Draft, message: LineMessage, arrival: Arrival): Promise<void> {
    if (arrival.name !== undefined && arrival.name !== this.#state.name)
      this.#state = { ...this.#state, name: arrival.name };
    if ("publicKey" in message) await this.#identity(draft, message, arrival);
    else await this.#event(draft, { ...message, streamSeq: arrival.streamSeq }, arrival);
  }

  /** Lets go of what a commit has written, and looks for what there was no room for. */
  async settle(): Promise<void> {
    this.runs.settle();
    if (this.#findings.wantsMore) this.#findings.fill(await this.#store.openFindings(this.#state.station));
  }

  /** Takes a message that is none of this station's. */
  refuse(draft: Draft, kind: "unreadable" | "foreign", what: string, arrival: Arrival): void {
    this.#add(draft, observed(kind, this.#state.top + 1, what), arrival);
  }

  /** A person has settled findings: the chain goes on behind them, and what comes there is judged anew. */
  async resume(draft: Draft, arrival: Arrival): Promise<void> {
    if (this.#state.identity !== undefined) await this.#catchUp(draft, arrival);
  }

  async #identity(draft: Draft, message: LineIdentity, arrival: Arrival): Promise<void> {
    const { identity } = this.#state;
    const { createdAt, publicKey } = message;
    if (identity !== undefined) {
      const same = identity.createdAt === createdAt && identity.publicKey === publicKey;
      if (same) this.#add(draft, observed("repeated", 0, "it came once more"), arrival);
      else this.#add(draft, observed("fork", 0, "another identity or key has come for this station before"), arrival);
      return;
    }
    const thumbprint = await thumbprintOf(publicKey);
    if (thumbprint === undefined) {
      this.#add(draft, observed("changed", 0, "its public key cannot be read"), arrival);
      return;
    }
    if (this.#state.top > 0)
      this.#add(draft, observed("reordered", 0, `it came after row ${this.#state.top}`), arrival);
    this.#state = identified(this.#state, { createdAt, publicKey, thumbprint });
    this.#findings.came(draft, 0, arrival);
    await this.#catchUp(draft, arrival);
  }

  async #event(draft: Draft, event: CollectedEvent, arrival: Arrival): Promise<void> {
    const { position } = event;
    const { top } = this.#state;
    const stored = position <= top ? await this.#storedAt(draft, position) : undefined;
    const misfit = rowMisfit(event) ?? (await this.#misplaced(draft, event, stored));
    if (misfit !== undefined) {
      this.#missing(draft, position, arrival);
      this.#add(draft, misfit, arrival, stored !== undefined && misfit.kind === "changed");
      // The place is taken, though by nothing that can be kept.
      if (position > top) this.#state = { ...this.#state, top: position };
      return;
    }
    const placement = placementOf(this.#state, event, stored);
    if (placement.kind !== "next") this.#add(draft, placement.observation, arrival);
    if (placement.kind === "repeated" || placement.kind === "fork") return;
    await this.#keep(draft, event, arrival, placement.kind === "late");
  }

  async #keep(draft: Draft, event: CollectedEvent, arrival: Arrival, late: boolean): Promise<void> {
    const { position, at } = event;
    const { top, lastAt = "" } = this.#state;
    draft.addEvent(event);
    this.#state = { ...this.#state, top: Math.max(top, position), lastAt: at > lastAt ? at : lastAt };
    await this.runs.take(draft, event, this.#state.name, late);
    this.#findings.came(draft, position, arrival);
    if (this.#state.identity === undefined) {
      if (!this.#findings.has("gap", 0))
        this.#add(draft, observed("gap", 0, "the station has not told its identity and key"), arrival);
    } else if (position <= this.#state.position) await this.#within(draft, event, arrival);
    else if (this.#mayPass || (position === this.#state.position + 1 && (await this.#step(draft, event, arrival))))
      await this.#catchUp(draft, arrival);
  }

  /** A number within a run that stands elsewhere in the chain: the row may be right in itself, and is not stored. */
  async #misplaced(draft: Draft, event: CollectedEvent, stored: string | undefined): Promise<Observation | undefined> {
    if (stored !== undefined) return undefined;
    const elsewhere = await this.runs.positionOf(draft, event);
    if (elsewhere === undefined || elsewhere === event.position) return undefined;
    const what = `event ${event.seq ?? 0} of run ${event.run ?? ""} stands at row ${elsewhere} already`;
    return observed("fork", event.position, what);
  }

  /** Names the positions before one that is not kept. */
  #missing(draft: Draft, position: number, arrival: Arrival): void {
    const { top } = this.#state;
    if (position <= top + 1) return;
    const what = position === top + 2 ? "the row is missing" : `the rows up to ${position - 1} are missing`;
    this.#add(draft, { ...observed("gap", top + 1, what), lastPosition: position - 1 }, arrival);
  }

  /** Moves the chain on over rows that came before their turn. */
  async #catchUp(draft: Draft, arrival: Arrival): Promise<void> {
    this.#mayPass = false;
    while (this.#state.position < this.#state.top) {
      const next = this.#state.position + 1;
      const waiting = draft.event(this.#state.station, next);
      const rows = waiting === undefined ? await this.#store.eventsFrom(this.#state.station, next, PAGE) : [waiting];
      if (rows[0]?.position !== next) {
        if (await this.#passTo(draft, rows[0])) continue;
        return;
      }
      for (const row of rows) {
        if (row.position !== this.#state.position + 1) break;
        if (!(await this.#step(draft, row, arrival))) return;
      }
    }
  }

  /** Whether the chain could be moved over missing rows that a person has settled. @param stored the next row of the database */
  async #passTo(draft: Draft, stored: CollectedEvent | undefined): Promise<boolean> {
    const { station, position } = this.#state;
    const known = [...draft.eventsOf(station), ...(stored === undefined ? [] : [stored])];
    const [behind] = known.filter((row) => row.position > position).toSorted((one, two) => one.position - two.position);
    const last = behind === undefined ? position + 1 : behind.position - 1;
    const isSettled = await this.#settled.areMissing(position + 1, last);
    if (isSettled && behind !== undefined) this.#state = passMissing(this.#state, behind);
    this.#mayPass = isSettled && behind === undefined;
    return isSettled && behind !== undefined;
  }

  /** A row came that a person had settled as missing: it is judged by those beside it. */
  async #within(draft: Draft, event: CollectedEvent, arrival: Arrival): Promise<void> {
    const { position, previous } = event;
    const before = position === 1 ? previous : await this.#storedAt(draft, position - 1);
    const state = passMissing(this.#state, { position, previous: before ?? previous });
    const step = await follow(state, event, (each) => this.#hashAt(draft, each));
    const behind = await this.#rowAt(draft, position + 1);
    if ("misfit" in step) this.#add(draft, step.misfit, arrival);
    else if (behind !== undefined && behind.previous !== event.hash) this.#add(draft, notFollowing(behind), arrival);
  }

  async #rowAt(draft: Draft, position: number): Promise<CollectedEvent | undefined> {
    const { station } = this.#state;
    const [row] = await this.#store.eventsFrom(station, position, 1);
    return draft.event(station, position) ?? (row?.position === position ? row : undefined);
  }

  /** Whether the chain could be moved on by the row. */
  async #step(draft: Draft, event: CollectedEvent, arrival: Arrival): Promise<boolean> {
    const step = await follow(this.#state, event, (position) => this.#hashAt(draft, position));
    if ("misfit" in step) {
      if (await this.#settled.has(step.misfit)) {
        this.#state = passRow(this.#state, event);
        return true;
      }
      if (!this.#findings.has(step.misfit.kind, step.misfit.position))
        this.#add(draft, step.misfit, { ...arrival, streamSeq: event.streamSeq });
      return false;
    }
    this.#state = step.state;
    return true;
  }

  #hashAt(draft: Draft, position: number): Promise<string | undefined> {
    const { position: last, hash } = this.#state;
    return position > 0 && position === last ? Promise.resolve(hash) : this.#storedAt(draft, position);
  }

  /** Digest of a row that has come; a missing one that was passed over has none. */
  #storedAt(draft: Draft, position: number): Promise<string | undefined> {
    const { station } = this.#state;
    if (position < 1) return Promise.resolve(undefined);
    const waiting = draft.event(station, position);
    return waiting === undefined ? this.#store.hashAt(station, position) : Promise.resolve(waiting.hash);
  }

  #add(draft: Draft, observation: Observation, arrival: Arrival, settled?: boolean): void {
    const { streamSeq, at } = arrival;
    const isKept = observation.kind !== "gap" && observation.kind !== "reordered" && observation.kind !== "repeated";
    const message = isKept ? arrival.text() : undefined;
    const found: Found = { id: arrival.newId(), at, streamSeq, ...(message === undefined ? {} : { message }) };
    this.#findings.add(draft, observation, found, settled);
  }
}

async function thumbprintOf(publicKey: string): Promise<string | undefined> {
  try {
    return (await signatureCheck(publicKey)).thumbprint;
  } catch (error) {
    if (error instanceof StationError) return undefined;
    throw error;
  }
}
