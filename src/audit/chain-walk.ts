import { hashRow, type ChainRow } from "./chain.ts";
import type { Misfit } from "../contract/history.ts";

/** A row of table `event` as SQLite gives it: position, run, seq, type, at, body, previous, hash. */
export type EventCells = readonly [
  position: number,
  run: string | null,
  seq: number | null,
  type: string,
  at: string,
  body: string,
  previous: string,
  hash: string,
];

/** The columns of {@link EventCells} for SELECT. */
export const EVENT_COLUMN_LIST = "position, run, seq, type, at, body, previous, hash";

/** The types whose content other tables repeat; only these are parsed while walking. */
const TELLING: ReadonlySet<string> = new Set([
  "run.started",
  "unit.identified",
  "run.finished",
  "batch.started",
  "batch.finished",
  "certificate.allotted",
  "certificate.recorded",
]);

/** Walks the chain row by row and finds the first that does not follow from the one before. */
export class ChainWalk {
  #position = 0;
  #hash: string;

  /** @param genesis what the first row must have as `previous` */
  constructor(genesis: string) {
    this.#hash = genesis;
  }

  get position(): number {
    return this.#position;
  }

  /** What does not fit in the next row, if anything. */
  next([position, run, seq, type, at, body, previous, hash]: EventCells): Misfit | undefined {
    const expected = this.#position + 1;
    if (position !== expected) return eventMisfit(expected, "the row is missing");
    const row: ChainRow = { position, run, seq, type, at, body, previous };
    const fits = hashRow(row) === hash;
    if (previous !== this.#hash) return this.#broken(position, fits);
    if (!fits) return eventMisfit(position, "its content was changed: it does not have its digest");
    this.#position = position;
    this.#hash = hash;
    return undefined;
  }

  #broken(position: number, fits: boolean): Misfit {
    if (!fits) return eventMisfit(position, "its content was changed: it does not have its digest");
    if (position === 1)
      return { table: "station", row: "1", what: "the station's row was changed: the first event does not follow it" };
    return eventMisfit(position, `it does not follow row ${position - 1}: one of the two was changed`);
  }
}

/** Whether the body of such an event has to be parsed. */
export function isTelling(type: string): boolean {
  return TELLING.has(type);
}

/** A misfit in table `event`. */
export function eventMisfit(position: number, what: string): Misfit {
  return { table: "event", row: String(position), what };
}
