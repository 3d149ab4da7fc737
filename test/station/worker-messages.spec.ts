import { describe, expect, it } from "vitest";
import type { WorkerScript } from "../fakes/fake-worker-host.ts";
import { finished, passing, phase, running, StationRig, untilAnnounced } from "./station-rig.ts";

describe("what a worker says", () => {
  const nonsense: Readonly<Record<string, WorkerScript>> = {
    "an event of another slot": (worker) => worker.event(phase("connect"), { slot: "2" }),
    "an event of another run": (worker) =>
      worker.event(phase("connect"), { runId: "019b76da-a800-7000-8000-000000000009" }),
    "a gap in the numbers": (worker) => worker.event(phase("connect"), { seq: 2 }),
    "a repeated number": (worker) => {
      worker.event(phase("connect"));
      worker.event(phase("connect"), { seq: 1 });
    },
    "a start of its own": (worker) =>
      worker.event({
        ...{ type: "run.started", link: "x", recipe: "x", recipeSha256: "0".repeat(64), again: false, training: false },
      }),
    "a field more": (worker) => {
      worker.event(phase("connect"), { extra: 1 });
    },
    "an unknown message": (worker) => worker.say({ type: "launch" }),
    "a text": (worker) => worker.say("ready"),
    nothing: (worker) => worker.say(undefined),
    "an oversized text": (worker) => worker.event({ type: "note", level: "info", text: "x".repeat(10_000), facts: {} }),
    "a setting before the unit is known": (worker) =>
      worker.say({ type: "setting", runId: worker.order?.runId, slot: worker.slot, key: "k", value: "v" }),
    "a flood of events": (worker) => {
      for (let count = 0; count < 1001; count++) worker.event({ type: "note", level: "info", text: "x", facts: {} });
    },
    "a PASS with a field more": (worker) => worker.event(finished("PASS"), { really: true }),
  };

  it.each(Object.keys(nonsense))("that is wrong (%s) ends the worker and its run as ERROR", async (name) => {
    const rig = await running((worker, message) => {
      if (message.type === "order") nonsense[name]?.(worker, message);
    });
    await rig.advance(0);
    expect(await rig.summary).toMatchObject({ pass: 0, error: 1 });
    expect(rig.host.workers[0]?.killed).toBe(true);
    expect(rig.lastOf("1")).toMatchObject({ outcome: "ERROR", error: { code: "station.worker-protocol" } });
  });

  it("without a run costs it its process, and nothing is recorded", async () => {
    const rig = new StationRig();
    await rig.advance(0);
    rig.host.of("1").event(finished("PASS"), { runId: "019b76da-a800-7000-8000-000000000009", slot: "1" });
    await rig.advance(0);
    expect(rig.host.workers[0]?.killed).toBe(true);
    expect(rig.store.events).toEqual([]);
    expect(rig.news).toMatchObject([{ kind: "worker.lost", slot: "1", error: { code: "station.worker-protocol" } }]);
  });

  it("after it was given up is not heard", async () => {
    const rig = await running(untilAnnounced);
    const [lost] = rig.host.workers;
    lost!.mortal = false;
    lost!.say("nonsense");
    await rig.advance(0);
    lost!.event(finished("PASS"));
    await rig.advance(0);
    expect(await rig.summary).toMatchObject({ pass: 0, error: 1 });
  });

  it("after the end of its run costs it its process, not the unit its result", async () => {
    const rig = await running((worker, message) => {
      passing(worker, message);
      if (message.type === "stored" && message.seq === 3) worker.event(phase("connect"));
    });
    await rig.advance(1);
    expect(await rig.summary).toMatchObject({ pass: 1 });
    expect(rig.host.workers[0]?.killed).toBe(true);
  });

  it("for the log is told with its slot", async () => {
    const rig = await running(untilAnnounced);
    rig.host.of("1").say({ type: "log", level: "warning", text: "slow" });
    expect(rig.news.at(-1)).toEqual({ kind: "log", slot: "1", level: "warning", text: "slow" });
  });
});
