import { describe, expect, it } from "vitest";
import { seconds } from "../../../src/core/duration.ts";
import { idOf, LEASE, LineRig, UNIT } from "./interlock-rig.ts";

describe("a lease that cannot be renewed", () => {
  it("stops its run after two thirds, and ends its worker before others may have the unit", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    const run = a.run();
    await rig.advance(0);
    a.fate("not-sent");
    await rig.advance(LEASE);
    expect(run.told).toEqual([
      { code: "line.lease-late", how: "stop", at: 20_000 },
      { code: "line.lease-late", how: "cut", at: 28_000 },
    ]);
    const other = rig.station(2).run();
    await rig.advance(0);
    expect(other.hold).toBeDefined();
  });

  it("is held whenever the line is away for less than a third of it, again and again", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    const run = a.run();
    await rig.advance(0);
    for (let round = 0; round < 20; round++) {
      a.fate("not-sent");
      await rig.advance(8900);
      a.fate("done");
      await rig.advance(1100);
    }
    expect(run.told).toEqual([]);
    expect(rig.holder).toBe(run.applicant.run);
  });

  it("is held when the answers are lost but not the renewals", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    const run = a.run();
    await rig.advance(0);
    a.fate("unanswered");
    await rig.advance(15_000);
    a.fate("done");
    await rig.advance(120_000);
    expect(run.told).toEqual([]);
    expect(rig.holder).toBe(run.applicant.run);
  });

  it("ends its worker at once when somebody else has the unit, or had it", async () => {
    for (const thief of [true, false]) {
      const rig = new LineRig();
      const a = rig.station(1);
      const run = a.run();
      await rig.advance(0);
      const lease = rig.leases.get(UNIT)?.value;
      if (lease === undefined) throw new RangeError("no lease");
      rig.leases.put(
        UNIT,
        thief ? { ...lease, station: idOf(902), stationName: "s2", run: idOf(5) as never } : undefined,
      );
      await rig.advance(10_000);
      expect(run.told).toMatchObject([{ code: "line.lease-lost", how: "cut" }]);
      a.end(run, "FAIL");
      await rig.advance(0);
      expect(rig.holder).toBe(thief ? idOf(5) : undefined);
    }
  });

  it("is taken anew where the servers' clock went ahead and nobody had the unit meanwhile", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    const run = a.run();
    await rig.advance(0);
    rig.leases.jumped += 3_600_000;
    await rig.advance(60_000);
    expect(run.told).toEqual([]);
    expect(rig.holder).toBe(run.applicant.run);
  });
});

describe("a claim that was given up", () => {
  it("takes no lease from its run, which went on alone and has it, however late its answer is", async () => {
    const rig = new LineRig("alone");
    const a = rig.station(1);
    const late = { arrive: (): void => undefined };
    const arrived = new Promise<"done">((resolve) => (late.arrive = () => resolve("done")));
    let reads = 0;
    // The first claim is stored, though its answer is lost; what it then reads comes when the run has its lease already.
    a.leases.fate = (what) => {
      if (what === "write" && rig.leases.get(UNIT) === undefined) return "unanswered";
      if (what !== "read") return "done";
      reads += 1;
      return reads === 1 ? arrived : "done";
    };
    const run = a.run();
    await rig.advance(4100);
    expect(a.noted).toEqual(["line.alone", "line.reconciled"]);
    late.arrive();
    await rig.advance(60_000);
    expect(run.told).toEqual([]);
    expect(rig.holder).toBe(run.applicant.run);
  });
});

describe("a run that ends while its lease is being renewed", () => {
  it("gives its unit back as soon as that is over", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    const run = a.run();
    await rig.advance(9999);
    const late = { arrive: (): void => undefined };
    const arrived = new Promise<"done">((resolve) => (late.arrive = () => resolve("done")));
    a.leases.fate = (what) => (what === "write" ? arrived : "done");
    await rig.advance(1);
    a.end(run);
    await rig.advance(500);
    expect(rig.holder).toBe(run.applicant.run);
    late.arrive();
    await rig.advance(0);
    expect(rig.holder).toBeUndefined();
    expect(rig.passed.get(UNIT)?.value?.run).toBe(run.applicant.run);
  });
});

describe("the station's wall clock", () => {
  it("may be set by hours in both directions without any harm", async () => {
    const rig = new LineRig();
    const run = rig.station(1).run();
    await rig.advance(0);
    for (const hours of [1, -3, 24]) {
      rig.clock.jump(seconds(hours * 3600));
      await rig.advance(60_000);
    }
    expect(run.told).toEqual([]);
    expect(rig.holder).toBe(run.applicant.run);
  });

  it("tells of a sleep: the lease is looked at as soon as the computer wakes, and a lost unit is left alone", async () => {
    const rig = new LineRig();
    const [a, b] = [rig.station(1), rig.station(2)];
    const run = a.run();
    await rig.advance(0);
    // In its sleep the clock that never jumps stands still for a, while others go on.
    rig.leases.jumped += 40_000;
    const other = b.run();
    await rig.advance(0);
    expect(other.hold).toBeDefined();
    rig.clock.jump(seconds(40));
    await rig.advance(1000);
    expect(run.told).toMatchObject([{ code: "line.lease-lost", how: "cut" }]);
    expect(other.told).toEqual([]);
  });

  it("counts a sleep as time without renewal where the line is away", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    const run = a.run();
    await rig.advance(0);
    a.fate("not-sent");
    rig.clock.jump(seconds(40));
    await rig.advance(1000);
    expect(run.told).toMatchObject([{ code: "line.lease-late", how: "cut" }]);
  });
});
