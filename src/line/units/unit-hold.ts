import type { Lease } from "../../contract/line-lease.ts";
import { sleep, type Clock } from "../../core/clock.ts";
import { milliseconds, type Duration } from "../../core/duration.ts";
import { asStationError, StationError } from "../../core/error.ts";
import { lasting } from "../../core/fact.ts";
import { leaseState, renewalStep } from "./decide.ts";
import type { UnitKeys } from "./keys.ts";
import type { Applicant, Ending } from "./record.ts";
import { elsewhere, restless, takeLease, unreadable, type TakenLease } from "./take-lease.ts";

/** What a hold needs of the interlock. */
export type HoldParts = {
  readonly applicant: Applicant;
  readonly lease: Lease;
  readonly leases: UnitKeys<Lease>;
  readonly clock: Clock;
  /** How long the lease lasts when it is not renewed. */
  readonly lasts: Duration;
  /** Absent: the run goes on alone from the start, which is recorded. */
  readonly taken?: TakenLease;
  readonly whenAway: "refuse" | "alone";
  /** Records that the run goes on alone. @throws StationError audit.* */
  readonly noteAlone: () => Promise<void>;
  /** The line is there again: records what others did meanwhile. `holder`: somebody else has the unit. @throws StationError line.*, audit.* */
  readonly settle: (holder?: Lease) => Promise<void>;
  /** The run has ended and nothing is under way any more. Never rejects. */
  readonly done: (hold: UnitHold, end: Ending) => Promise<void>;
};

/** Renewals that somebody else comes before, in a row. */
const ATTEMPTS = 4;
/** Longest wait between two attempts to reach the line. */
const LONGEST_RETRY = 5000;

/**
 * The right of one run to work on its unit, from the claim to the end of the run: renewed every third of the lease; where it can
 * be renewed no longer the run is stopped before others may have the unit, or goes on alone.
 */
export class UnitHold {
  readonly #parts: HoldParts;
  readonly #over = new AbortController();
  readonly #work: Promise<void>;
  #finish: () => void = () => undefined;
  /** Resolves when the run has ended and everything about its unit was tried that follows from that. */
  readonly finished = new Promise<void>((resolve) => {
    this.#finish = resolve;
  });
  #wake: () => void = () => undefined;
  #cancelWatch: () => void = () => undefined;
  #revision: number;
  #sentAt: number;
  /** How far the wall clock went ahead since the last renewal: time in which the computer may have slept, ms. */
  #slept = 0;
  #alone: boolean;
  /** The run went on alone and was compared with the line: that is recorded once. */
  #settled = false;
  #told: "nothing" | "stop" | "cut" = "nothing";

  constructor(parts: HoldParts) {
    const { taken, clock } = parts;
    this.#parts = parts;
    this.#alone = taken === undefined;
    this.#revision = taken?.revision ?? 0;
    this.#sentAt = taken?.sentAt ?? clock.monotonic();
    this.#watch();
    this.#work = this.#keep();
  }

  get applicant(): Applicant {
    return this.#parts.applicant;
  }

  /** The run was alone, and nothing tells yet what others did meanwhile. */
  get unsettled(): boolean {
    return this.#alone && !this.#settled;
  }

  /** The newest revision of the lease; 0: there is none. */
  get revision(): number {
    return this.#alone ? 0 : this.#revision;
  }

  /** The run has ended: a PASS is told to the line, and the unit given back. Never throws; harmless when repeated. */
  release(end: Ending): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(new StationError("station.aborted", "the run has ended"));
    this.#cancelWatch();
    void this.#work.then(() => this.#parts.done(this, end)).finally(() => this.#finish());
  }

  /** Looks at once: the line was reached, or the wall clock went ahead by `slept` ms more than the time that passed. */
  look(slept = 0): void {
    this.#slept += slept;
    this.#wake();
  }

  async #keep(): Promise<void> {
    const third = this.#parts.lasts / 3;
    const retry = Math.min(LONGEST_RETRY, Math.max(250, this.#parts.lasts / 30));
    let wait = this.#alone ? retry : third;
    while (this.#told !== "cut" && (await this.#pause(milliseconds(wait)))) {
      const held = await this.#renew();
      wait = held ? Math.max(0, this.#sentAt + third - this.#parts.clock.monotonic()) : retry;
    }
  }

  /** @returns whether the run still goes on */
  async #pause(wait: Duration): Promise<boolean> {
    const woken = new AbortController();
    const wake = (): void => woken.abort();
    this.#wake = wake;
    const { signal } = this.#over;
    signal.addEventListener("abort", wake, { once: true });
    if (signal.aborted) wake();
    await sleep(this.#parts.clock, wait, woken.signal).catch(() => undefined);
    signal.removeEventListener("abort", wake);
    this.#wake = () => undefined;
    return !this.#over.signal.aborted;
  }

  /** @returns whether the lease is held and renewed */
  async #renew(): Promise<boolean> {
    try {
      return this.#alone ? await this.#regain() : await this.#renewOwn();
    } catch (error) {
      if (this.#slept > 0) this.#judge(asStationError(error));
      return false;
    }
  }

  async #renewOwn(): Promise<boolean> {
    const { applicant, lease, leases, clock, lasts } = this.#parts;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const sentAt = clock.monotonic();
      const revision = await leases.write(applicant.uuid, lease, this.#revision);
      if (revision !== undefined) {
        this.#hold({ revision, sentAt });
        return true;
      }
      const seen = await leases.read(applicant.uuid);
      const step = renewalStep(seen, lease, leaseState(this.#silent(), lasts) === "over");
      if (step.do === "lost") {
        this.#taken(step.holder);
        return false;
      }
      this.#revision = step.revision;
    }
    throw restless(applicant.uuid);
  }

  /** Tries to get the lease that a run which is alone never had, or lost. */
  async #regain(): Promise<boolean> {
    const { applicant, lease, leases, clock, settle } = this.#parts;
    const answer = await takeLease(leases, applicant.uuid, lease, clock);
    if (answer.do === "taken") {
      if (!this.#settled) await settle();
      this.#alone = false;
      this.#hold(answer);
      return true;
    }
    const holder = answer.do === "refuse" ? answer.holder : undefined;
    if (holder !== undefined && !this.#settled) {
      await settle(holder);
      this.#settled = true;
    }
    if (this.#over.signal.aborted) return false;
    this.#lose(holder === undefined ? unreadable(applicant.uuid) : elsewhere(applicant.uuid, holder), "stop");
    return false;
  }

  #hold({ revision, sentAt }: TakenLease): void {
    this.#revision = revision;
    this.#sentAt = sentAt;
    this.#slept = 0;
    this.#watch();
  }

  #silent(): number {
    return this.#parts.clock.monotonic() - this.#sentAt + this.#slept;
  }

  /** Looks at the lease again when it becomes late, then when it is over. */
  #watch(): void {
    this.#cancelWatch();
    if (this.#alone || this.#over.signal.aborted) return;
    const { clock, lasts } = this.#parts;
    const marks = [(lasts * 2) / 3, (lasts * 14) / 15].map((mark) => this.#sentAt + mark - clock.monotonic());
    const next = marks.find((left) => left > 0);
    if (next === undefined) return;
    this.#cancelWatch = clock.after(milliseconds(next), () => {
      this.#judge(undefined);
      this.#watch();
    });
  }

  /** Does what a lease asks for that was not renewed in time. */
  #judge(cause: StationError | undefined): void {
    const { applicant, lasts, whenAway } = this.#parts;
    const state = leaseState(this.#silent(), lasts);
    if (state === "good" || this.#alone || this.#over.signal.aborted) return;
    if (whenAway === "alone") {
      if (state === "over") void this.#goAlone();
      return;
    }
    const facts = { uuid: applicant.uuid, limit: lasting(lasts) };
    const late = new StationError("line.lease-late", "the unit's lease could not be renewed", facts, { cause });
    this.#lose(late, state === "over" ? "cut" : "stop");
  }

  async #goAlone(): Promise<void> {
    this.#alone = true;
    this.#settled = false;
    this.#cancelWatch();
    try {
      await this.#parts.noteAlone();
    } catch (error) {
      this.#lose(asStationError(error), "stop");
    }
  }

  /** The line gave the unit to somebody else, or took it away: nothing may touch it any more. */
  #taken(holder: Lease | undefined): void {
    const { uuid } = this.#parts.applicant;
    const cause = holder === undefined ? undefined : elsewhere(uuid, holder);
    this.#lose(new StationError("line.lease-lost", "the line took the unit away", { uuid }, { cause }), "cut");
  }

  #lose(error: StationError, how: "stop" | "cut"): void {
    if (this.#over.signal.aborted || this.#told === "cut" || this.#told === how) return;
    this.#told = how;
    this.#parts.applicant.lost(error, how);
  }
}
