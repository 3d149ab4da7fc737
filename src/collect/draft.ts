import type { BatchFinished, BatchStarted, Changes, CollectedEvent, CollectedRun } from "./central-store.ts";
import type { ChainState } from "./chain-state.ts";
import type { Finding } from "./finding.ts";

/** What the messages of one commit change, as it is gathered. */
export class Draft {
  readonly #events = new Map<string, CollectedEvent>();
  readonly #runs = new Map<string, CollectedRun>();
  readonly #findings = new Map<string, Finding>();
  readonly #batches: { readonly station: string; readonly event: BatchStarted }[] = [];
  readonly #batchEnds: { readonly station: string; readonly event: BatchFinished }[] = [];
  readonly #lateBatches: { readonly station: string; readonly position: number; readonly event: BatchStarted }[] = [];

  addEvent(event: CollectedEvent): void {
    this.#events.set(keyOf(event.station, event.position), event);
  }

  /** An event that waits for this commit. */
  event(station: string, position: number): CollectedEvent | undefined {
    return this.#events.get(keyOf(station, position));
  }

  /** The events of a station that wait for this commit. */
  eventsOf(station: string): readonly CollectedEvent[] {
    return [...this.#events.values()].filter((event) => event.station === station);
  }

  putRun(run: CollectedRun): void {
    this.#runs.set(run.record.id, run);
  }

  putFinding(finding: Finding): void {
    this.#findings.set(finding.id, finding);
  }

  /** @param late the batch's runs may have come before it */
  startBatch(station: string, position: number, event: BatchStarted, late: boolean): void {
    this.#batches.push({ station, event });
    if (late) this.#lateBatches.push({ station, position, event });
  }

  endBatch(station: string, event: BatchFinished): void {
    this.#batchEnds.push({ station, event });
  }

  get events(): number {
    return this.#events.size;
  }

  get findings(): readonly Finding[] {
    return [...this.#findings.values()];
  }

  changes(
    place: Pick<Changes, "cursor" | "stream" | "settlements">,
    stations: readonly { readonly state: ChainState; readonly open: readonly Finding[] }[],
  ): Changes {
    const [events, runs, findings] = [[...this.#events.values()], [...this.#runs.values()], this.findings];
    const unique = new Map(this.#batches.map((each) => [each.event.batch, each] as const));
    return {
      ...place,
      ...{ events, runs, findings, stations, batches: [...unique.values()] },
      ...{ batchEnds: this.#batchEnds, lateBatches: this.#lateBatches },
    };
  }
}

function keyOf(station: string, position: number): string {
  return `${station}:${position}`;
}
