import type { LineEvent } from "../contract/line-message.ts";
import type { CentralStore } from "./central-store.ts";
import type { ChainState } from "./chain-state.ts";
import type { FindingKind } from "../contract/line-finding.ts";
import type { Observation } from "./finding.ts";

/** Findings behind which a row may be missing from the database. */
const LEAVES_A_GAP: ReadonlySet<FindingKind> = new Set(["gap", "changed", "fork"]);

/** The places of a station's chain that a person has looked at and settled; asked only where the chain does not go on. */
export class SettledPlaces {
  readonly #store: CentralStore;
  readonly #station: string;

  constructor(store: CentralStore, station: string) {
    this.#store = store;
    this.#station = station;
  }

  /** Whether this very observation was settled. */
  async has({ kind, position, what }: Observation): Promise<boolean> {
    const settled = await this.#store.settledBetween(this.#station, position, position);
    return settled.some((each) => each.kind === kind && each.what === what);
  }

  /** Whether it was settled of each of these positions that its row is missing or that none of it can be kept. */
  async areMissing(first: number, last: number): Promise<boolean> {
    const settled = await this.#store.settledBetween(this.#station, first, last);
    let next = first;
    for (const { kind, position, lastPosition } of settled)
      if (LEAVES_A_GAP.has(kind) && position <= next) next = Math.max(next, lastPosition + 1);
    return next > last;
  }
}

/**
 * The chain behind a row that does not fit, which a person has settled. Whether what came before it is signed is not asked
 * again.
 */
export function passRow(state: ChainState, { position, hash, type }: LineEvent): ChainState {
  return { ...passed(state), position, hash, lastBatchEnd: type === "batch.finished" ? position : 0 };
}

/** The chain behind missing rows that a person has settled; it goes on with the row that is there. */
export function passMissing(state: ChainState, behind: Pick<LineEvent, "position" | "previous">): ChainState {
  return { ...passed(state), position: behind.position - 1, hash: behind.previous, lastBatchEnd: 0 };
}

function passed(state: ChainState): ChainState {
  return { ...state, heads: Math.max(1, state.heads) };
}
