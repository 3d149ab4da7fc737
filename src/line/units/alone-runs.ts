import type { LineUnitEvent } from "../../contract/line-event.ts";
import type { Lease, Passed } from "../../contract/line-lease.ts";
import type { Clock } from "../../core/clock.ts";
import { isoTime } from "../../core/iso-time.ts";
import { conflictOf, type AloneRun, type Conflict } from "./decide.ts";
import type { UnitKeys } from "./keys.ts";
import { tellPassed } from "./passed-units.ts";
import type { EndedAlone, UnitRecord } from "./record.ts";

/** Who this station is on the line. */
export type StationOnLine = { readonly id: string; readonly name: string };

/** The two buckets of units. */
export type UnitBuckets = { readonly leases: UnitKeys<Lease>; readonly passed: UnitKeys<Passed> };

/** What settling runs that went on alone needs. */
export type AloneParts = UnitBuckets & {
  readonly station: StationOnLine;
  readonly clock: Clock;
  readonly record: UnitRecord;
  /** Told each event once it is on the disk. */
  readonly tell: (event: LineUnitEvent) => void;
};

/** Compares runs that went on alone with the line, and records what came of it: one event settles a run. */
export class AloneRuns {
  readonly #parts: AloneParts;
  /** Those that have ended, oldest first. */
  readonly #ended = new Map<string, EndedAlone>();
  /** Runs are settled one after the other, whoever asks for it. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws StationError audit.* when the record cannot be read */
  constructor(parts: AloneParts) {
    this.#parts = parts;
    for (const run of parts.record.endedAlone()) this.#ended.set(run.run, run);
  }

  /** How many runs have ended and are not settled. */
  get size(): number {
    return this.#ended.size;
  }

  add(run: EndedAlone): void {
    this.#ended.set(run.run, run);
  }

  /** Settles what has ended, oldest first. @throws StationError line.* when the line is away again, audit.* */
  async settleEnded(signal: AbortSignal): Promise<void> {
    for (const run of this.#ended.keys()) {
      if (signal.aborted) return;
      await this.settleOne(run);
    }
  }

  /** Settles a run that has ended, if it is one of these; answers whether it was. @throws StationError line.*, audit.* */
  settleOne(id: string): Promise<boolean> {
    const settled = this.#turn.then(async () => {
      const run = this.#ended.get(id);
      if (run === undefined) return false;
      await this.#settle(run, false);
      return this.#ended.delete(id);
    });
    this.#turn = settled.catch(() => undefined);
    return settled;
  }

  /** Settles a run that still works on its unit. @param holder who has the lease; absent: this run. @throws StationError line.*, audit.* */
  async settleRunning(run: EndedAlone, holder?: Lease): Promise<void> {
    if (holder === undefined) await this.#settle(run, true);
    else await this.#note(run, { what: "held", other: holder });
  }

  /**
   * Tells the line of a PASS. Another station may have passed the unit meanwhile, where this one's PASS could not be told in time:
   * that is recorded.
   * @throws StationError line.*, audit.*
   */
  async pass(run: EndedAlone, passedAt: string): Promise<void> {
    const { passed, station } = this.#parts;
    const before = await tellPassed(passed, run.uuid, passedOf(run, passedAt, station));
    const ended: AloneRun = { ...run, passedAt, station: station.id, running: false };
    const conflict = conflictOf(ended, { kind: "nothing" }, before);
    if (conflict !== undefined) await this.#note(run, conflict);
  }

  async #settle(run: EndedAlone, running: boolean): Promise<void> {
    const { leases, passed, station } = this.#parts;
    const { uuid, passedAt, provisions } = run;
    const counts = provisions && passedAt !== undefined ? { passedAt } : {};
    const alone: AloneRun = { ...run, ...counts, station: station.id, running };
    const conflict = conflictOf(provisions ? alone : onlyRead(alone), await leases.read(uuid), await passed.read(uuid));
    if (!running && provisions && passedAt !== undefined)
      await tellPassed(passed, uuid, passedOf(run, passedAt, station));
    await this.#note(run, conflict);
  }

  async #note({ run, uuid }: EndedAlone, conflict: Conflict | undefined): Promise<void> {
    const { clock, record, tell } = this.#parts;
    const stamp = { at: isoTime(clock.now()), run, uuid };
    const event: LineUnitEvent =
      conflict === undefined
        ? { type: "line.reconciled", ...stamp }
        : { type: "line.conflict", ...stamp, ...conflictFacts(conflict) };
    await record.note(event);
    tell(event);
  }
}

/** A run that only read its unit is in nobody's way by having passed. */
function onlyRead({ passedAt: _passed, ...run }: AloneRun): AloneRun {
  return { ...run, again: true };
}

function conflictFacts({ what, other }: Conflict) {
  const { station: otherStation, stationName, run: otherRun, at: otherAt } = other;
  return { what, otherStation, other: stationName, otherRun, otherAt };
}

/** What the line is told of a unit that has passed. */
export function passedOf(
  { run, recipe, recipeSha256 }: Pick<EndedAlone, "run" | "recipe" | "recipeSha256">,
  at: string,
  { id, name }: StationOnLine,
): Passed {
  return { schema: 1, station: id, stationName: name, run, at, recipe, recipeSha256 };
}
