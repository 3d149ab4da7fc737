import { nextRecord, startedRecord } from "../audit/run-record.ts";
import type { RunRecord } from "../contract/history.ts";
import type { BatchId } from "../core/ids.ts";
import { UNKNOWN_BATCH, type BatchStarted, type CentralStore, type CollectedEvent } from "./central-store.ts";
import type { Draft } from "./draft.ts";
import { toldBy, type Told } from "./told.ts";

type Known = { readonly record: RunRecord | undefined; readonly lastSeq: number };
type RunTold = Extract<Told, { readonly runId: string }>;
type LastBatch = { readonly position: number; readonly event: BatchStarted };

/** Runs that are held between commits; a tray has at most 128. */
const MOST_HELD = 512;

/** The rows of `run` and `batch` of one station, as they follow from its events. */
export class RunBook {
  readonly #store: CentralStore;
  readonly #station: string;
  readonly #known = new Map<string, Known>();
  #lastBatch: LastBatch | undefined;

  constructor(store: CentralStore, station: string) {
    this.#store = store;
    this.#station = station;
  }

  /** Reads what is known of runs, in one go for all of a commit. */
  async load(ids: readonly string[]): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.#known.has(id));
    if (wanted.length === 0) return;
    const found = await this.#store.runs(this.#station, wanted);
    for (const id of wanted) this.#known.set(id, found.get(id) ?? { record: undefined, lastSeq: -1 });
  }

  /** Where the event of this run and number stands already, if it does. */
  async positionOf(draft: Draft, { run, seq }: CollectedEvent): Promise<number | undefined> {
    if (run === null || seq === null || seq > (this.#known.get(run)?.lastSeq ?? -1)) return undefined;
    const waiting = draft.eventsOf(this.#station).find((each) => each.run === run && each.seq === seq);
    return waiting?.position ?? this.#store.positionOf(this.#station, run, seq);
  }

  /** Takes an event that is going to be stored. @param late others behind it have come before */
  async take(draft: Draft, event: CollectedEvent, name: string, late: boolean): Promise<void> {
    const { run, seq, position } = event;
    if (run !== null) this.#count(run, seq ?? 0);
    const told = toldBy(event);
    if (told === undefined) return;
    if ("runId" in told) {
      const record = await this.#recordAfter(draft, event, told, late);
      if (record === undefined) return;
      this.#known.set(told.runId, { record, lastSeq: this.#known.get(told.runId)?.lastSeq ?? 0 });
      draft.putRun({ record, stationName: name });
    } else if (told.type === "batch.started") {
      this.#lastBatch = { position, event: told };
      draft.startBatch(this.#station, position, told, late);
    } else draft.endBatch(this.#station, told);
  }

  /** Lets go of what is finished; after a commit. */
  settle(): void {
    for (const [id, { record }] of this.#known)
      if (record === undefined || record.outcome !== null || this.#known.size > MOST_HELD) this.#known.delete(id);
  }

  #count(run: string, seq: number): void {
    const known = this.#known.get(run) ?? { record: undefined, lastSeq: -1 };
    this.#known.set(run, { ...known, lastSeq: Math.max(known.lastSeq, seq) });
  }

  async #recordAfter(
    draft: Draft,
    event: CollectedEvent,
    told: RunTold,
    late: boolean,
  ): Promise<RunRecord | undefined> {
    const known = this.#known.get(told.runId)?.record;
    if (told.type !== "run.started") return known && nextRecord(known, told);
    if (known !== undefined) return undefined;
    const batch = await this.#batchOf(draft, event.position);
    const started = startedRecord(told, batch, this.#station);
    return late ? this.#caughtUp(draft, started) : started;
  }

  /** The record of a run whose start came after other events of it. */
  async #caughtUp(draft: Draft, started: RunRecord): Promise<RunRecord> {
    const stored = await this.#store.tellingEvents(this.#station, started.id);
    const waiting = draft.eventsOf(this.#station).filter(({ run }) => run === started.id);
    let record = started;
    for (const event of [...stored, ...waiting].sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0))) {
      const told = toldBy(event);
      if (told !== undefined && "runId" in told) record = nextRecord(record, told);
    }
    return record;
  }

  /** The batch whose runs start at this position: they follow its start at once. */
  async #batchOf(draft: Draft, position: number): Promise<BatchId> {
    const held = this.#lastBatch;
    if (held !== undefined && startsWithin(held, position)) return held.event.batch;
    const waiting = draft.eventsOf(this.#station).filter((each) => each.type === "batch.started");
    const stored = await this.#store.batchBefore(this.#station, position);
    for (const event of stored === undefined ? waiting : [...waiting, stored]) {
      const told = toldBy(event);
      if (told?.type !== "batch.started" || !startsWithin({ position: event.position, event: told }, position))
        continue;
      this.#lastBatch = { position: event.position, event: told };
      return told.batch;
    }
    return UNKNOWN_BATCH as BatchId;
  }
}

function startsWithin({ position, event }: LastBatch, at: number): boolean {
  return at > position && at <= position + event.slots.length;
}
