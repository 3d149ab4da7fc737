import type { Duration } from "../../core/duration.ts";

/** What a bucket holds under a key, as its leader says. */
export type Seen<Value> =
  | { readonly kind: "nothing" }
  /** It was given back; `revision` is the mark's. */
  | { readonly kind: "given-back"; readonly revision: number }
  | { readonly kind: "value"; readonly revision: number; readonly value: Value }
  /** Something that is none of ours, or of a station that is too new. */
  | { readonly kind: "unreadable"; readonly revision: number };

/** A bucket of one kind of value, by device UUID. Every call is answered or fails within the line's limit for a request. */
export interface UnitKeys<Value> {
  /** @throws StationError line.* */
  read(uuid: string): Promise<Seen<Value>>;
  /**
   * Writes if nothing was written since.
   * @param revision the newest that is known; 0: there is none
   * @returns the new revision; undefined: something else was written meanwhile
   * @throws StationError line.*: it may have been written all the same
   */
  write(uuid: string, value: Value, revision: number): Promise<number | undefined>;
  /** Gives a key back if it still has this revision; 0: does nothing. @throws StationError line.* */
  remove(uuid: string, revision: number): Promise<void>;
  /** How long what was written stays when it is not written anew; undefined: for ever. @throws StationError line.* */
  lifetime(): Promise<Duration | undefined>;
}
