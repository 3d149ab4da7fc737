import { describe, expect, it } from "vitest";
import { StationError } from "../../../src/core/error.ts";
import { LEASE, LineRig, UNIT } from "./interlock-rig.ts";

describe("a run that may go on alone", () => {
  it("does after the limit when the line is away, and that is on the disk before", async () => {
    const rig = new LineRig("alone");
    const a = rig.station(1);
    a.fate("not-sent");
    const run = a.run();
    await rig.advance(2999);
    expect([run.hold, a.noted]).toEqual([undefined, []]);
    await rig.advance(1);
    expect(run.hold).toBeDefined();
    expect(a.record.events).toMatchObject([
      { type: "line.alone", run: run.applicant.run, uuid: UNIT, reason: "unclaimed" },
    ]);
    expect(a.interlock.alone).toBe(1);
  });

  it("does not when that cannot be recorded", async () => {
    const rig = new LineRig("alone");
    const a = rig.station(1);
    a.fate("not-sent");
    a.record.failure = new StationError("audit.full", "the disk is full");
    const run = a.run();
    await rig.advance(3000);
    expect(run.refusal?.code).toBe("audit.full");
  });

  it("is refused all the same when the line answers that another station has the unit", async () => {
    const rig = new LineRig("alone");
    const [a, b] = [rig.station(1), rig.station(2)];
    a.run();
    await rig.advance(0);
    const other = b.run();
    await rig.advance(0);
    expect(other.refusal?.code).toBe("line.unit-elsewhere");
  });

  it("gets its lease when the line is back, and is settled", async () => {
    const rig = new LineRig("alone");
    const a = rig.station(1);
    a.fate("not-sent");
    const run = a.run();
    await rig.advance(60_000);
    a.fate("done");
    a.interlock.reached();
    await rig.advance(0);
    expect(rig.holder).toBe(run.applicant.run);
    expect(a.noted).toEqual(["line.alone", "line.reconciled"]);
    expect(a.interlock.alone).toBe(0);
    a.end(run);
    await rig.advance(0);
    expect(rig.holder).toBeUndefined();
    expect(rig.passed.get(UNIT)?.value?.run).toBe(run.applicant.run);
  });

  it("goes on when its lease runs out, marked as such, and is not stopped", async () => {
    const rig = new LineRig("alone");
    const a = rig.station(1);
    const run = a.run();
    await rig.advance(0);
    a.fate("not-sent");
    await rig.advance(LEASE);
    expect(a.record.events).toMatchObject([{ type: "line.alone", reason: "lapsed" }]);
    expect(run.told).toEqual([]);
    a.fate("done");
    await rig.advance(10_000);
    expect(a.noted).toEqual(["line.alone", "line.reconciled"]);
    expect(rig.holder).toBe(run.applicant.run);
  });

  it("is stopped when the line is back and another station has the unit: a conflict", async () => {
    const rig = new LineRig("alone");
    const [a, b] = [rig.station(1), rig.station(2)];
    a.fate("not-sent");
    const alone = a.run();
    await rig.advance(3000);
    const other = b.run();
    await rig.advance(0);
    a.fate("done");
    a.interlock.reached();
    await rig.advance(0);
    expect(alone.told).toMatchObject([{ code: "line.unit-elsewhere", how: "stop" }]);
    expect(a.record.events.at(-1)).toMatchObject({
      ...{ type: "line.conflict", what: "held", other: "s2", otherRun: other.applicant.run, uuid: UNIT },
    });
    expect(other.told).toEqual([]);
  });
});

describe("a run that ended alone", () => {
  it("is settled when the line is back, and its PASS is told", async () => {
    const rig = new LineRig("alone");
    const a = rig.station(1);
    a.fate("not-sent");
    const run = a.run();
    await rig.advance(3000);
    a.end(run);
    await rig.advance(600_000);
    expect([a.noted, a.interlock.alone]).toEqual([["line.alone"], 1]);
    a.fate("done");
    a.interlock.reached();
    await rig.advance(0);
    expect([a.noted, a.interlock.alone]).toEqual([["line.alone", "line.reconciled"], 0]);
    expect(rig.passed.get(UNIT)?.value?.run).toBe(run.applicant.run);
  });

  it("is settled without being asked to, some seconds after the line came back", async () => {
    const rig = new LineRig("alone");
    const a = rig.station(1);
    a.fate("not-sent");
    const run = a.run();
    await rig.advance(3000);
    a.end(run, "FAIL");
    await rig.advance(60_000);
    a.fate("done");
    await rig.advance(15_000);
    expect(a.noted).toEqual(["line.alone", "line.reconciled"]);
  });

  it("is settled by the next start of the station", async () => {
    const rig = new LineRig("alone");
    const a = rig.station(1);
    a.fate("not-sent");
    const run = a.run();
    await rig.advance(3000);
    a.end(run);
    const closing = a.interlock.close();
    await rig.advance(20_000);
    await closing;
    a.fate("done");
    const next = a.open();
    await rig.advance(0);
    expect([a.noted, next.alone]).toEqual([["line.alone", "line.reconciled"], 0]);
    expect(rig.passed.get(UNIT)?.value?.run).toBe(run.applicant.run);
  });

  it("is in conflict with a station that passed the unit too", async () => {
    const rig = new LineRig("alone");
    const [a, b] = [rig.station(1), rig.station(2)];
    a.fate("not-sent");
    const alone = a.run();
    await rig.advance(3000);
    a.end(alone);
    const other = b.run();
    await rig.advance(60_000);
    b.end(other);
    await rig.advance(0);
    a.fate("done");
    await rig.advance(20_000);
    expect(a.record.events.at(-1)).toMatchObject({
      ...{
        type: "line.conflict",
        what: "passed",
        other: "s2",
        otherRun: other.applicant.run,
        run: alone.applicant.run,
      },
    });
    expect(rig.passed.get(UNIT)?.value?.run).toBe(other.applicant.run);
  });

  it("is in conflict with a station that had passed the unit before, unless it was to go over such units", async () => {
    for (const again of [false, true]) {
      const rig = new LineRig("alone");
      const [a, b] = [rig.station(1), rig.station(2)];
      const first = b.run();
      await rig.advance(0);
      b.end(first);
      await rig.advance(1000);
      a.fate("not-sent");
      const alone = a.run({ again });
      await rig.advance(3000);
      a.end(alone);
      a.fate("done");
      await rig.advance(20_000);
      expect(a.noted.at(-1)).toBe(again ? "line.reconciled" : "line.conflict");
    }
  });

  it("is no conflict when it did not pass and the unit went to another station after", async () => {
    const rig = new LineRig("alone");
    const [a, b] = [rig.station(1), rig.station(2)];
    a.fate("not-sent");
    const alone = a.run();
    await rig.advance(3000);
    a.end(alone, "FAIL");
    await rig.advance(1000);
    b.run();
    a.fate("done");
    await rig.advance(20_000);
    expect(a.noted).toEqual(["line.alone", "line.reconciled"]);
  });

  it("tells of two that both passed while nobody could reach the line, to the later one", async () => {
    const rig = new LineRig("alone");
    const [a, b] = [rig.station(1), rig.station(2)];
    for (const station of [a, b]) station.fate("not-sent");
    const runs = [a.run(), b.run()] as const;
    await rig.advance(3000);
    a.end(runs[0]);
    await rig.advance(1000);
    b.end(runs[1]);
    a.fate("done");
    a.interlock.reached();
    await rig.advance(0);
    b.fate("done");
    b.interlock.reached();
    await rig.advance(0);
    expect(a.noted).toEqual(["line.alone", "line.reconciled"]);
    expect(b.record.events.at(-1)).toMatchObject({ type: "line.conflict", what: "passed", other: "s1" });
  });
});

describe("a run whose end comes with the record", () => {
  const record = (run: string, changes: object = {}) => ({
    ...{ id: run as never, uuid: UNIT, outcome: "PASS" as const, finishedAt: "2026-01-01T00:01:00.000Z" },
    ...{ purpose: "provision" as const, training: false, recipe: "Board 1", recipeSha256: "a".repeat(64) },
    ...changes,
  });

  it("is told if it passed, and again without harm", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    for (const changes of [{ outcome: "FAIL" }, { purpose: "proof" }, { training: true }, { uuid: null }])
      await a.interlock.ended(record("r", changes));
    expect(rig.passed.get(UNIT)).toBeUndefined();
    for (let time = 0; time < 2; time++) await a.interlock.ended(record("r"));
    expect(rig.passed.get(UNIT)).toMatchObject({ revision: 1, value: { run: "r", station: a.id } });
  });

  it("does not hide another station's PASS from the comparison when it was alone", async () => {
    const rig = new LineRig("alone");
    const [a, b] = [rig.station(1), rig.station(2)];
    a.fate("not-sent");
    const alone = a.run();
    const other = b.run();
    await rig.advance(3000);
    b.end(other);
    await rig.advance(1000);
    a.end(alone);
    a.fate("done");
    const told = a.interlock.ended(record(alone.applicant.run));
    a.interlock.reached();
    await rig.advance(0);
    await told;
    expect(a.noted).toEqual(["line.alone", "line.conflict"]);
    expect(rig.passed.get(UNIT)?.value?.run).toBe(alone.applicant.run);
  });

  it("fails when the line is away, so that it is told again", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    a.fate("not-sent");
    await expect(a.interlock.ended(record("r"))).rejects.toMatchObject({ code: "line.away" });
  });
});

describe("a PASS that came to the line after its lease had ended", () => {
  it("is in conflict where another station passed the unit meanwhile", async () => {
    const rig = new LineRig();
    const [a, b] = [rig.station(1), rig.station(2)];
    const mine = a.run();
    await rig.advance(0);
    a.fate("not-sent");
    a.end(mine);
    await rig.advance(LEASE);
    const theirs = b.run();
    await rig.advance(0);
    b.end(theirs);
    await rig.advance(0);
    a.fate("done");
    a.interlock.reached();
    await rig.advance(0);
    expect(a.record.events).toMatchObject([{ type: "line.conflict", what: "passed", other: "s2" }]);
    expect(b.record.events).toEqual([]);
  });
});
