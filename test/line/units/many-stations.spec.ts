import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEASE, LineRig, UNIT, type RigRun, type RigStation } from "./interlock-rig.ts";

/** A station and its run, as a model of who touches the unit. */
type Worker = { readonly station: RigStation; run: RigRun | undefined };

/** Whether the run may touch the unit now: it was let to, has not ended, and its worker was not ended. */
const touches = ({ run }: Worker): boolean => run?.hold !== undefined && !run.told.some(({ how }) => how === "cut");

const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("start" as const), who: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("fail" as const, "pass" as const), who: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("die" as const), who: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("network" as const),
      who: fc.nat(2),
      fate: fc.constantFrom("done" as const, "done" as const, "not-sent" as const, "unanswered" as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 20_000 }) }) },
);

/** Carries out what was drawn; in small steps of time, so that nothing between them goes unseen. */
async function carryOut(rig: LineRig, workers: Worker[], each: Act): Promise<number> {
  if (each.do === "wait") return most(rig, workers, each.ms);
  const worker = workers[each.who];
  if (worker === undefined) return 0;
  if (each.do === "network") worker.station.fate(each.fate);
  else if (each.do === "start") worker.run ??= worker.station.run();
  else if (each.do === "die") {
    worker.station.fate("not-sent");
    workers[each.who] = { station: rig.station(each.who + 1), run: undefined };
  } else if (worker.run?.hold !== undefined) {
    worker.station.end(worker.run, each.do === "pass" ? "PASS" : "FAIL");
    worker.run = undefined;
  }
  if (worker.run?.refusal !== undefined) worker.run = undefined;
  return most(rig, workers, 0);
}

/** The most workers that touched the unit at one moment while the time passed. */
async function most(rig: LineRig, workers: readonly Worker[], ms: number): Promise<number> {
  const counts: number[] = [];
  for (let left = ms; left >= 0; left -= 500) {
    await rig.advance(Math.min(left, 500));
    counts.push(workers.filter(touches).length);
  }
  return Math.max(...counts);
}

type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;

describe("whatever three stations do and whatever their network does", () => {
  it("never do two of them touch a unit, and it is free a lease after everybody let it go", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 60 }), async (acts) => {
        const rig = new LineRig("refuse");
        const workers: Worker[] = [1, 2, 3].map((number) => ({ station: rig.station(number), run: undefined }));
        for (const each of acts) expect(await carryOut(rig, workers, each)).toBeLessThanOrEqual(1);
        for (const { station } of workers) station.fate("done");
        await rig.advance(3000);
        for (const { station, run } of workers) if (run?.hold !== undefined) station.end(run, "FAIL");
        await rig.advance(LEASE + 3000);
        const last = rig.station(9).run({ again: true });
        await rig.advance(3000);
        expect(last.hold).toBeDefined();
      }),
      { numRuns: 150 },
    );
  });

  it("every run that went on alone is settled once, and of two that passed a unit alone one is in conflict", async () => {
    const settled: Record<string, number> = { reconciled: 0, conflict: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
        const rig = new LineRig("alone");
        const workers: Worker[] = [1, 2, 3].map((number) => ({ station: rig.station(number), run: undefined }));
        for (const each of acts) if (each.do !== "die") await carryOut(rig, workers, each);
        for (const { station } of workers) station.fate("done");
        await rig.advance(3000);
        for (const { station, run } of workers) {
          station.interlock.reached();
          if (run?.hold !== undefined) station.end(run, "PASS");
        }
        await rig.advance(60_000);
        const events = workers.flatMap(({ station }) => station.record.events);
        for (const { station } of workers) {
          expect(station.interlock.alone).toBe(0);
          expect(station.record.endedAlone()).toEqual([]);
        }
        const ends = events.filter(({ type }) => type !== "line.alone");
        expect(ends.length).toBeGreaterThanOrEqual(events.length - ends.length);
        for (const { type } of ends) settled[type.slice(5)] = (settled[type.slice(5)] ?? 0) + 1;
        const passed = workers.flatMap(({ station }) =>
          [...station.record.ended.values()].filter(({ passedAt, again }) => passedAt !== undefined && !again),
        );
        const passedAt = new Set(passed.map(({ run }) => run.slice(-5, -3)));
        expect(passedAt.size < 2 || events.some(({ type }) => type === "line.conflict")).toBe(true);
      }),
      { numRuns: 150 },
    );
    expect(Math.min(settled["reconciled"] ?? 0, settled["conflict"] ?? 0)).toBeGreaterThan(0);
  });

  it("a crash at any request leaves no unit taken for longer than a lease", async () => {
    for (let crash = 0; crash < 12; crash++) {
      for (const arrived of [true, false]) {
        const rig = new LineRig("refuse");
        const station = rig.station(1);
        const requests = { count: 0 };
        const fate = (): "done" | "not-sent" | "unanswered" => {
          requests.count += 1;
          if (requests.count <= crash) return "done";
          return requests.count === crash + 1 && arrived ? "unanswered" : "not-sent";
        };
        station.leases.fate = station.passed.fate = fate;
        const run = station.run();
        await rig.advance(15_000);
        if (run.hold !== undefined) station.end(run);
        await rig.advance(1000);
        // The program is gone: its interlock asks nobody any more. What the drain does with its PASS is the drain's.
        await rig.advance(LEASE);
        const other = rig.station(2).run();
        await rig.advance(3000);
        expect(other.refusal?.code ?? "claimed").toBe(
          rig.passed.get(UNIT)?.value?.run === run.applicant.run ? "line.passed-before" : "claimed",
        );
      }
    }
  });
});
