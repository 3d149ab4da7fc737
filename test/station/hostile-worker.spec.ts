import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { COMMAND, finished, identified, passing, phase, StationRig, uuidOf } from "./station-rig.ts";

type Act = (worker: ReturnType<StationRig["host"]["of"]>) => void;

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.anything().map(
    (message): Act =>
      (worker) =>
        worker.say(message),
  ),
  fc
    .constantFrom(phase("connect"), phase("provision"), identified(uuidOf("1")), finished("PASS"), finished("FAIL"))
    .chain((body) =>
      fc.record({ seq: fc.nat(6), at: fc.string() }, { requiredKeys: [] }).map(
        (stamp): Act =>
          (worker) =>
            worker.event(body, stamp),
      ),
    ),
  fc.constant<Act>((worker) => worker.event({ type: "command.announced", command: COMMAND })),
  fc.constantFrom("ready", "alive", "log", "event", "setting").map(
    (type): Act =>
      (worker) =>
        worker.say({ type }),
  ),
  fc.record({ type: fc.constant("setting"), key: fc.string(), value: fc.string() }).map(
    (message): Act =>
      (worker) =>
        worker.say({ ...message, runId: worker.order?.runId, slot: worker.slot }),
  ),
  fc.constantFrom<Act>(
    (worker) => worker.exit({ code: 1, signal: null }),
    (worker) => worker.ready(),
  ),
);

describe("any behaviour of a worker", () => {
  it("ends in exactly one recorded result, without an exception, and the slot works afterwards", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
        const rig = new StationRig({ script: () => undefined });
        const { done } = await rig.station.start(rig.request());
        await rig.advance(0);
        for (const step of acts) {
          step(rig.host.of("1"));
          await rig.advance(1);
        }
        rig.station.abort("all");
        await rig.advance(seconds(300));
        const summary = await done;
        expect(summary.units).toBe(1);
        const events = rig.stored("1");
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index));
        expect(events.filter(({ type }) => type === "run.finished")).toHaveLength(1);
        rig.host.script = passing;
        const next = await rig.station.start(rig.request({ again: true }));
        await rig.advance(seconds(300));
        expect(await next.done).toMatchObject({ pass: 1 });
      }),
      { numRuns: 150 },
    );
  });
});
