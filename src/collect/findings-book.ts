import { MOST_OPEN } from "./central-store.ts";
import type { Draft } from "./draft.ts";
import { isOpenKind, type Finding, type Observation } from "./finding.ts";

/** Where and when something was found. */
export type Found = { readonly id: string; readonly at: string; readonly streamSeq: number; readonly message?: string };

/** When a row came, and what names a finding that follows from it. */
export type Moment = { readonly at: string; readonly newId: () => string };

/** The findings of one station: those that are not settled, as far as they are held, and the newest of each kind that may grow. */
export class FindingsBook {
  readonly #station: string;
  readonly #open = new Map<string, Finding>();
  readonly #newest = new Map<string, Finding>();
  #isCut = false;

  constructor(station: string, open: readonly Finding[]) {
    this.#station = station;
    this.fill(open);
  }

  get open(): readonly Finding[] {
    return [...this.#open.values()];
  }

  /** Whether the database may have open ones that are not held, for which there is room now. */
  get wantsMore(): boolean {
    return this.#isCut && this.#open.size < MOST_OPEN;
  }

  /** Holds these instead, as the database has them. */
  fill(open: readonly Finding[]): void {
    this.#open.clear();
    for (const finding of open) this.#open.set(finding.id, finding);
    this.#isCut = open.length >= MOST_OPEN;
  }

  /** Whether something is open at a position. */
  has(kind: Finding["kind"], position: number): boolean {
    return this.open.some((each) => each.kind === kind && each.position <= position && each.lastPosition >= position);
  }

  /**
   * Adds what was found; what continues the newest finding of its kind makes that longer.
   * @param isSettled it is known already that nothing is missing because of it
   */
  add(draft: Draft, observation: Observation, found: Found, isSettled = !isOpenKind(observation.kind)): void {
    const { kind, position, lastPosition, what } = observation;
    const before = this.#newest.get(kind);
    const continues =
      before !== undefined && before.lastPosition + 1 === position && (before.settledAt !== null) === isSettled;
    if (continues && before.what === what) {
      this.#keep(draft, { ...before, lastPosition, ...(isSettled ? { settledAt: found.at } : {}) });
      return;
    }
    this.#keep(draft, {
      ...{ id: found.id, station: this.#station, kind, position, lastPosition, what, streamSeq: found.streamSeq },
      ...{ message: found.message ?? null, foundAt: found.at, settledAt: isSettled ? found.at : null },
    });
  }

  /** The right row has come for a position: what was open there is made good. `newId` names the rest of a gap that is cut in two. */
  came(draft: Draft, position: number, when: Moment): void {
    if (this.#open.size === 0) return;
    for (const finding of this.open) {
      if (finding.position > position || finding.lastPosition < position) continue;
      if (finding.kind === "fork" || finding.kind === "signature") continue;
      this.#cut(draft, finding, position, when);
    }
  }

  #cut(draft: Draft, finding: Finding, position: number, { newId, at }: Moment): void {
    const before = { ...finding, lastPosition: position - 1 };
    const behind = { ...finding, position: position + 1 };
    if (before.lastPosition >= before.position) {
      this.#keep(draft, before);
      if (behind.lastPosition >= behind.position) this.#keep(draft, { ...behind, id: newId() });
    } else if (behind.lastPosition >= behind.position) this.#keep(draft, behind);
    else this.#keep(draft, { ...finding, settledAt: at });
  }

  #keep(draft: Draft, finding: Finding): void {
    this.#newest.set(finding.kind, finding);
    if (finding.settledAt !== null) this.#open.delete(finding.id);
    else if (this.#open.has(finding.id) || this.#open.size < MOST_OPEN) this.#open.set(finding.id, finding);
    else this.#isCut = true;
    draft.putFinding(finding);
  }
}
