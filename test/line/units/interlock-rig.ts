import type { LineUnitEvent } from "../../../src/contract/line-event.ts";
import type { Lease, Passed } from "../../../src/contract/line-lease.ts";
import { milliseconds, seconds } from "../../../src/core/duration.ts";
import { asStationError, type StationError } from "../../../src/core/error.ts";
import type { DeviceUuid, RunId, SlotId } from "../../../src/core/ids.ts";
import { isoTime } from "../../../src/core/iso-time.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { Interlock, type Hold } from "../../../src/line/units/interlock.ts";
import type { Applicant, EndedAlone, UnitRecord } from "../../../src/line/units/record.ts";
import { MemoryUnitBucket, MemoryKeys, type Fate } from "../../fakes/line/memory-keys.ts";

export const LEASE = seconds(30);
export const UNIT = "50363154-3931-44f0-8022-000000000001" as DeviceUuid;

/** An id that a number stands for. */
export const idOf = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;

/** The record of a station, in memory. */
class MemoryRecord implements UnitRecord {
  readonly events: LineUnitEvent[] = [];
  readonly ended = new Map<string, EndedAlone>();
  failure: StationError | undefined;

  async note(event: LineUnitEvent): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.events.push(event);
  }

  endedAlone(): readonly EndedAlone[] {
    const open = new Set<string>();
    for (const { type, run } of this.events)
      if (type === "line.alone") open.add(run);
      else open.delete(run);
    return [...open].flatMap((run) => this.ended.get(run) ?? []);
  }
}

/** A run in one of the rig's stations. */
export type RigRun = {
  readonly applicant: Applicant;
  readonly stop: AbortController;
  /** What it was told while it had the unit. */
  readonly told: { readonly code: string; readonly how: "stop" | "cut"; readonly at: number }[];
  hold?: Hold;
  refusal?: StationError;
};

/** One station of the rig. */
export class RigStation {
  readonly leases: MemoryKeys<Lease>;
  readonly passed: MemoryKeys<Passed>;
  readonly record = new MemoryRecord();
  readonly name: string;
  readonly id: string;
  readonly #rig: LineRig;
  interlock: Interlock;
  #runs = 0;

  constructor(rig: LineRig, number: number) {
    this.#rig = rig;
    this.name = `s${number}`;
    this.id = idOf(900 + number);
    this.leases = new MemoryKeys(rig.leases);
    this.passed = new MemoryKeys(rig.passed);
    this.interlock = this.open();
  }

  /** A new interlock over the same record, as after a start of the program. */
  open(): Interlock {
    const { clock, whenAway } = this.#rig;
    return new Interlock({
      ...{ leases: this.leases, passed: this.passed, clock, record: this.record, limit: seconds(3) },
      rule: { whenAway, leaseSeconds: LEASE / 1000, training: false },
      station: { id: this.id, name: this.name },
    });
  }

  /** From now on every request of this station has this fate. */
  fate(fate: Fate): void {
    this.leases.fate = this.passed.fate = () => fate;
  }

  /** A run that asks for a unit; its answer comes while the clock goes on. */
  run(changes: Partial<Applicant> = {}): RigRun {
    const { clock } = this.#rig;
    const stop = new AbortController();
    const told: RigRun["told"] = [];
    this.#runs += 1;
    const applicant: Applicant = {
      ...{ run: idOf(Number(this.name.slice(1)) * 1000 + this.#runs) as RunId, slot: "1" as SlotId, uuid: UNIT },
      ...{ startedAt: isoTime(clock.now()), recipe: "Board 1", recipeSha256: "a".repeat(64) },
      ...{ training: false, again: false, provisions: true, signal: stop.signal },
      lost: ({ code }, how) => told.push({ code, how, at: clock.monotonic() }),
      ...changes,
    };
    const run: RigRun = { applicant, stop, told };
    void this.interlock.claim(applicant).then(
      (hold) => (run.hold = hold),
      (error: unknown) => (run.refusal = asStationError(error)),
    );
    return run;
  }

  /** The run ends: its end is on the disk, then its unit is given back. */
  end({ applicant, hold }: RigRun, outcome: "PASS" | "FAIL" = "PASS"): void {
    const at = isoTime(this.#rig.clock.now());
    const { run, uuid, startedAt, recipe, recipeSha256, again, provisions } = applicant;
    const ended = { run, uuid, startedAt, recipe, recipeSha256, again, provisions };
    this.record.ended.set(run, outcome === "PASS" ? { ...ended, passedAt: at } : ended);
    hold?.release({ outcome, at });
  }

  /** The types of what it recorded. */
  get noted(): readonly string[] {
    return this.record.events.map(({ type }) => type);
  }
}

/** Stations that share a line in memory, on one virtual clock. */
export class LineRig {
  readonly clock = new VirtualClock();
  readonly whenAway: "refuse" | "alone";
  readonly leases = new MemoryUnitBucket<Lease>(this.clock, LEASE);
  readonly passed = new MemoryUnitBucket<Passed>(this.clock);

  constructor(whenAway: "refuse" | "alone" = "refuse") {
    this.whenAway = whenAway;
  }

  station(number: number): RigStation {
    return new RigStation(this, number);
  }

  async advance(duration: number): Promise<void> {
    await this.clock.advance(milliseconds(duration));
  }

  /** The run that has the unit, as the line knows it. */
  get holder(): string | undefined {
    return this.leases.get(UNIT)?.value?.run;
  }
}
