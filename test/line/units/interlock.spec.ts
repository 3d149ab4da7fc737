import { describe, expect, it } from "vitest";
import { StationError } from "../../../src/core/error.ts";
import { seconds } from "../../../src/core/duration.ts";
import { idOf, LEASE, LineRig, UNIT } from "./interlock-rig.ts";

describe("a unit of a line", () => {
  it("goes to one of two stations, and to the other once it was given back", async () => {
    const rig = new LineRig();
    const [a, b] = [rig.station(1), rig.station(2)];
    const first = a.run();
    const second = b.run();
    await rig.advance(0);
    expect(first.hold).toBeDefined();
    expect(second.refusal).toMatchObject({
      code: "line.unit-elsewhere",
      facts: { uuid: UNIT, station: "s1", slot: "1", run: first.applicant.run },
    });
    a.end(first, "FAIL");
    await rig.advance(0);
    expect(rig.holder).toBeUndefined();
    const third = b.run();
    await rig.advance(0);
    expect(third.hold).toBeDefined();
  });

  it("stays with its run for as long as that lasts", async () => {
    const rig = new LineRig();
    const [a, b] = [rig.station(1), rig.station(2)];
    const long = a.run();
    for (let minute = 0; minute < 10; minute++) {
      await rig.advance(60_000);
      expect(rig.holder).toBe(long.applicant.run);
    }
    const other = b.run();
    await rig.advance(0);
    expect(other.refusal?.code).toBe("line.unit-elsewhere");
    expect(long.told).toEqual([]);
  });

  it("that passed is known to every station, with place and time", async () => {
    const rig = new LineRig();
    const [a, b] = [rig.station(1), rig.station(2)];
    const first = a.run();
    await rig.advance(1000);
    a.end(first);
    await rig.advance(0);
    const second = b.run();
    await rig.advance(0);
    expect(second.refusal).toMatchObject({
      code: "line.passed-before",
      facts: { station: "s1", run: first.applicant.run, finishedAt: "2026-01-01T00:00:01.000Z", recipe: "Board 1" },
    });
    expect(rig.holder).toBeUndefined();
    const again = b.run({ again: true });
    await rig.advance(0);
    expect(again.hold).toBeDefined();
  });

  it("that was only read did not pass, and may be read after it passed", async () => {
    const rig = new LineRig();
    const [a, b] = [rig.station(1), rig.station(2)];
    const proof = a.run({ provisions: false });
    await rig.advance(0);
    a.end(proof);
    await rig.advance(0);
    expect(rig.passed.get(UNIT)).toBeUndefined();
    const real = b.run();
    await rig.advance(0);
    b.end(real);
    await rig.advance(0);
    const reading = a.run({ provisions: false });
    await rig.advance(0);
    expect(reading.hold).toBeDefined();
  });

  it("of a training tray is not claimed", async () => {
    const rig = new LineRig();
    const run = rig.station(1).run({ training: true });
    await rig.advance(0);
    expect(run.hold).toBeDefined();
    expect(rig.holder).toBeUndefined();
  });

  it("that a killed station had is free for others after a lease, and at once for the same station", async () => {
    const rig = new LineRig();
    const [a, b] = [rig.station(1), rig.station(2)];
    a.run();
    await rig.advance(0);
    a.leases.fate = () => "not-sent";
    await rig.advance(LEASE - 1000);
    expect(b.run().hold).toBeUndefined();
    await rig.advance(1000);
    const other = b.run();
    await rig.advance(0);
    expect(other.hold).toBeDefined();
    b.end(other, "FAIL");
    await rig.advance(0);
    b.run();
    await rig.advance(0);
    b.leases.fate = () => "not-sent";
    const restarted = rig.station(2);
    const next = restarted.run({ run: idOf(7) as never });
    await rig.advance(0);
    expect(next.hold).toBeDefined();
  });

  it("whose entry cannot be read is refused", async () => {
    const rig = new LineRig();
    rig.leases.put(UNIT, null as never);
    const run = rig.station(1).run();
    await rig.advance(0);
    expect(run.refusal?.code).toBe("line.lease-unreadable");
    rig.leases.put(UNIT, undefined);
    rig.passed.put(UNIT, null as never);
    const second = rig.station(2).run();
    await rig.advance(0);
    expect(second.refusal?.code).toBe("line.lease-unreadable");
    expect(rig.holder).toBeUndefined();
  });
});

describe("a claim", () => {
  it("waits no longer than the limit, and leaves nothing behind", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    a.leases.fate = () => new Promise(() => undefined);
    const run = a.run();
    await rig.advance(2999);
    expect(run.refusal).toBeUndefined();
    await rig.advance(1);
    expect(run.refusal).toMatchObject({ code: "line.away", facts: { limit: { value: 3000 } } });
    expect(rig.holder).toBeUndefined();
  });

  it("whose answer was lost is found again", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    const fates = ["done", "unanswered"] as const;
    let asked = 0;
    a.leases.fate = () => fates[asked++] ?? "done";
    const run = a.run();
    await rig.advance(1000);
    expect(run.hold).toBeDefined();
    expect(rig.holder).toBe(run.applicant.run);
  });

  it("that got its lease but no word about earlier runs gives it back", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    a.passed.fate = () => "not-sent";
    const run = a.run();
    await rig.advance(3000);
    expect(run.refusal).toMatchObject({ code: "line.away", cause: { code: "line.away" } });
    expect(rig.holder).toBeUndefined();
  });

  it("of a run that is stopped ends at once, and gives back what arrives late", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    const late = { arrive: (): void => undefined };
    const arrived = new Promise<"done">((resolve) => (late.arrive = () => resolve("done")));
    a.leases.fate = (what) => (what === "write" ? arrived : "done");
    const run = a.run();
    await rig.advance(100);
    run.stop.abort(new StationError("station.aborted", "stopped"));
    await rig.advance(0);
    expect(run.refusal?.code).toBe("station.aborted");
    late.arrive();
    await rig.advance(0);
    expect(rig.holder).toBeUndefined();
  });

  it("takes the bucket's own lifetime where that is shorter than the line file says", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    a.leases.lifetime = async () => seconds(6);
    const run = a.run();
    await rig.advance(0);
    a.fate("not-sent");
    await rig.advance(4000);
    expect(run.told).toMatchObject([{ code: "line.lease-late", how: "stop" }]);
  });
});

describe("a PASS that could not be told", () => {
  it("is told once the line is there, and the unit given back after", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    const run = a.run();
    await rig.advance(0);
    a.passed.fate = () => "not-sent";
    a.end(run);
    await rig.advance(5000);
    expect(rig.holder).toBe(run.applicant.run);
    a.passed.fate = () => "done";
    a.interlock.reached();
    await rig.advance(0);
    expect(rig.passed.get(UNIT)?.value).toMatchObject({ station: a.id, run: run.applicant.run });
    expect(rig.holder).toBeUndefined();
  });

  it("never takes the place of a newer one", async () => {
    const rig = new LineRig();
    const [a, b] = [rig.station(1), rig.station(2)];
    const run = a.run();
    await rig.advance(0);
    a.fate("not-sent");
    a.end(run);
    await rig.advance(LEASE);
    const later = b.run();
    await rig.advance(0);
    b.end(later);
    await rig.advance(0);
    a.fate("done");
    a.interlock.reached();
    await rig.advance(0);
    expect(rig.passed.get(UNIT)?.value?.run).toBe(later.applicant.run);
  });

  it("does not keep the station from closing longer than twice the limit", async () => {
    const rig = new LineRig();
    const a = rig.station(1);
    const run = a.run();
    await rig.advance(0);
    a.passed.fate = () => new Promise(() => undefined);
    a.end(run);
    const closing = { done: false };
    void a.interlock.close().then(() => (closing.done = true));
    await rig.advance(12_000);
    expect(closing.done).toBe(true);
  });
});
