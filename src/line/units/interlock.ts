import type { RunRecord } from "../../contract/history.ts";
import type { LineUnitEvent } from "../../contract/line-event.ts";
import type { InterlockRule } from "../../contract/line-file.ts";
import type { Lease } from "../../contract/line-lease.ts";
import { withLimit, type Clock } from "../../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../../core/duration.ts";
import { asStationError } from "../../core/error.ts";
import { isoTime } from "../../core/iso-time.ts";
import { passedOf, type StationOnLine, type UnitBuckets } from "./alone-runs.ts";
import { claimUnit } from "./claim-unit.ts";
import { watchJumps } from "./clock-jumps.ts";
import { LineDebts } from "./line-debts.ts";
import { tellPassed } from "./passed-units.ts";
import type { Applicant, EndedAlone, Ending, UnitRecord } from "./record.ts";
import type { TakenLease } from "./take-lease.ts";
import { UnitHold } from "./unit-hold.ts";

/** What claiming units across a line needs. */
export type InterlockParts = UnitBuckets & {
  readonly rule: InterlockRule;
  readonly station: StationOnLine;
  readonly clock: Clock;
  readonly record: UnitRecord;
  /** How long a run waits for the line's answer; 10 s at most, as a worker waits 15 s for its admission. */
  readonly limit: Duration;
  /** Told each event that was recorded, once it is on the disk. */
  readonly onEvent?: (event: LineUnitEvent) => void;
};

/** A claimed unit, until its run has ended. */
export type Hold = {
  /** The run has ended and that is on the disk. Never throws; what follows goes on by itself. */
  release(end: Ending): void;
};

/** A run that has ended, as the record has it. */
export type EndedRun = Pick<
  RunRecord,
  "id" | "uuid" | "outcome" | "finishedAt" | "purpose" | "training" | "recipe" | "recipeSha256"
>;

/** Units that are not claimed: training, where the line file does not ask for it. */
const NO_HOLD: Hold = { release: () => undefined };
const LONGEST_LIMIT = seconds(10);

/** Claims units so that two stations of a line never work on one, and tells the line which have passed. */
export class Interlock {
  readonly #parts: InterlockParts;
  readonly #limit: Duration;
  readonly #debts: LineDebts;
  readonly #holds = new Set<UnitHold>();
  readonly #releasing = new Set<UnitHold>();
  readonly #stopJumps: () => void;

  /** @throws StationError audit.* when the record cannot be read */
  constructor(parts: InterlockParts) {
    this.#parts = parts;
    this.#limit = milliseconds(Math.min(parts.limit, LONGEST_LIMIT));
    this.#debts = new LineDebts({ ...parts, tell: (event) => parts.onEvent?.(event) });
    this.#stopJumps = watchJumps(parts.clock, (slept) => {
      for (const hold of this.#holds) hold.look(slept);
    });
  }

  /** Runs that went on alone and were not compared with the line yet. */
  get alone(): number {
    return this.#debts.alone.size + [...this.#holds].filter((hold) => hold.unsettled).length;
  }

  /**
   * Claims a unit for a run. Answers within the limit, whatever the line does.
   * @throws StationError line.unit-elsewhere, line.passed-before; line.* where the line does not answer and the rule does not let the
   * run go on alone; audit.* when that cannot be recorded; the reason of the applicant's signal
   */
  async claim(applicant: Applicant): Promise<Hold> {
    const { rule } = this.#parts;
    if (applicant.training && !rule.training) return NO_HOLD;
    const lease = this.#leaseOf(applicant);
    const longest = seconds(rule.leaseSeconds);
    try {
      const parts = { ...this.#parts, limit: this.#limit };
      const { lasts, taken } = await claimUnit(parts, applicant, lease, longest);
      return this.#hold(applicant, lease, lasts, taken);
    } catch (error) {
      const isAway = asStationError(error).code === "line.away";
      if (applicant.signal.aborted || !isAway || rule.whenAway === "refuse") throw error;
      await this.#noteAlone(applicant, "unclaimed");
      return this.#hold(applicant, lease, longest);
    }
  }

  /** The line was reached: what waits for it is tried at once. */
  reached(): void {
    for (const hold of this.#holds) hold.look();
    this.#debts.pay();
  }

  /** Waits until ended runs have given their units back and the line knows what it should, within twice the limit, then ends. */
  async close(): Promise<void> {
    const over = { code: "line.away", what: "the line did not hear of the last runs" } as const;
    const released = async (): Promise<void> => {
      await Promise.all([...this.#releasing].map(({ finished }) => finished));
      await this.#debts.paid();
    };
    const limit = milliseconds(2 * this.#limit);
    await withLimit(this.#parts.clock, limit, over, released).catch(() => undefined);
    this.#stopJumps();
    await withLimit(this.#parts.clock, limit, over, () => this.#debts.close()).catch(() => undefined);
  }

  /**
   * A run has ended, as the record tells it, perhaps long ago: the line is told of its PASS, once more where it was told before.
   * A run that went on alone is compared with the line first, as its PASS would hide that of another station.
   * @throws StationError line.*, audit.*: nothing is lost, it can be told again
   */
  async ended({ id, uuid, outcome, finishedAt, purpose, training, ...run }: EndedRun): Promise<void> {
    await [...this.#holds].find(({ applicant }) => applicant.run === id)?.finished;
    if (await this.#debts.alone.settleOne(id)) return;
    const { rule, passed, station } = this.#parts;
    if (outcome !== "PASS" || purpose !== "provision" || uuid === null || finishedAt === null) return;
    if (!training || rule.training) await tellPassed(passed, uuid, passedOf({ ...run, run: id }, finishedAt, station));
  }

  #hold(applicant: Applicant, lease: Lease, lasts: Duration, taken?: TakenLease): Hold {
    const { leases, clock, rule } = this.#parts;
    const hold = new UnitHold({
      ...{ applicant, lease, leases, clock, lasts, whenAway: rule.whenAway },
      ...(taken === undefined ? {} : { taken }),
      noteAlone: () => this.#noteAlone(applicant, "lapsed"),
      settle: (holder) => this.#debts.alone.settleRunning(applicant, holder),
      done: (ended, end) => this.#done(ended, end),
    });
    this.#holds.add(hold);
    void hold.finished.then(() => {
      this.#holds.delete(hold);
      this.#releasing.delete(hold);
    });
    return {
      release: (end) => {
        this.#releasing.add(hold);
        hold.release(end);
      },
    };
  }

  async #done(hold: UnitHold, { outcome, at }: Ending): Promise<void> {
    const { applicant, revision } = hold;
    const passedAt = outcome === "PASS" && applicant.provisions ? at : undefined;
    const run = endedAlone(applicant, passedAt);
    if (hold.unsettled) {
      this.#debts.oweAlone(run);
      return;
    }
    if (passedAt !== undefined)
      try {
        await this.#debts.alone.pass(run, passedAt);
      } catch {
        this.#debts.owePassed({ run, passedAt, revision });
        return;
      }
    const { leases } = this.#parts;
    // A lease that cannot be given back ends by itself.
    await leases.remove(applicant.uuid, revision).catch(() => undefined);
  }

  async #noteAlone({ run, uuid, slot }: Applicant, reason: "unclaimed" | "lapsed"): Promise<void> {
    const { clock, record, onEvent } = this.#parts;
    const event = { type: "line.alone", at: isoTime(clock.now()), run, uuid, slot, reason } as const;
    await record.note(event);
    onEvent?.(event);
  }

  #leaseOf({ run, slot }: Applicant): Lease {
    const { station, clock } = this.#parts;
    return { schema: 1, station: station.id, stationName: station.name, run, slot, at: isoTime(clock.now()) };
  }
}

/** What is kept of a run until it is settled. */
function endedAlone(applicant: Applicant, passedAt: string | undefined): EndedAlone {
  const { run, uuid, startedAt, recipe, recipeSha256, again, provisions } = applicant;
  const ended = { run, uuid, startedAt, recipe, recipeSha256, again, provisions };
  return passedAt === undefined ? ended : { ...ended, passedAt };
}
