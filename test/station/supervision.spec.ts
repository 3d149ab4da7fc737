import { describe, expect, it } from "vitest";
import type { DeviceUuid } from "../../src/core/ids.ts";
import { seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import {
  COMMAND,
  identified,
  obedient,
  passing,
  phase,
  running,
  StationRig,
  untilAnnounced,
  uuidOf,
} from "./station-rig.ts";

describe("a worker that dies", () => {
  it("ends its run as ERROR with exit code and signal, what was open closed, the others unharmed", async () => {
    const rig = await running(
      (worker, message) => (worker.slot === "1" ? untilAnnounced : passing)(worker, message),
      2,
    );
    rig.host.of("1").exit({ code: null, signal: "SIGSEGV" });
    await rig.advance(0);
    expect(await rig.summary).toMatchObject({ pass: 1, error: 1 });
    expect(rig.stored("1").slice(-3)).toMatchObject([
      { type: "command.concluded", seq: 4, result: "none", command: { id: "c.1" } },
      { type: "phase.finished", seq: 5, phase: "connect", result: "failed", error: { code: "station.worker-died" } },
      {
        ...{ type: "run.finished", seq: 6, outcome: "ERROR", release: "unreachable" },
        error: { code: "station.worker-died", facts: { slot: "1", code: null, signal: "SIGSEGV" } },
      },
    ]);
    expect(rig.shown("1").at(-1)).toBe("run.finished");
  });

  it("is started again after a wait, and the slot works again", async () => {
    const rig = await running(untilAnnounced);
    rig.host.script = passing;
    rig.host.of("1").exit({ code: 1, signal: null });
    await rig.advance(499);
    expect(rig.host.workers).toHaveLength(1);
    await rig.advance(1);
    expect(rig.host.workers).toHaveLength(2);
    const { done } = await rig.station.start(rig.request());
    await rig.advance(100);
    expect(await done).toMatchObject({ pass: 1 });
  });

  it("is started at once for a run that does not want to wait", async () => {
    const rig = await running(untilAnnounced);
    rig.host.script = passing;
    rig.host.of("1").exit({ code: 1, signal: null });
    await rig.advance(1);
    const { done } = await rig.station.start(rig.request());
    await rig.advance(1);
    expect(await done).toMatchObject({ pass: 1 });
  });

  it("again and again is started with growing waits, at most a minute", async () => {
    const rig = new StationRig({ script: () => undefined });
    const waits: number[] = [];
    for (let round = 0; round < 10; round++) {
      await rig.advance(0);
      const before = rig.host.workers.length;
      rig.host.of("1").exit({ code: 1, signal: null });
      const since = rig.clock.monotonic();
      while (rig.host.workers.length === before) await rig.advance(rig.clock.untilNext() ?? 0);
      waits.push(rig.clock.monotonic() - since);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it("after its run's last event harms nothing", async () => {
    const rig = await running((worker, message) => {
      passing(worker, message);
      if (message.type === "stored" && message.seq === 3) worker.exit({ code: 1, signal: null });
    });
    await rig.advance(10);
    expect(await rig.summary).toMatchObject({ pass: 1 });
  });
});

describe("a worker that hangs", () => {
  it("is ended after the heartbeat's limit, and its run is ERROR", async () => {
    const rig = await running(untilAnnounced);
    await rig.advance(seconds(11.9));
    expect(rig.host.of("1").killed).toBe(false);
    await rig.advance(seconds(0.1));
    expect(rig.host.workers[0]?.killed).toBe(true);
    expect(await rig.summary).toMatchObject({ error: 1 });
    expect(rig.lastOf("1")).toMatchObject({
      error: { code: "station.worker-hung", facts: { limit: { value: 10_000, unit: "ms" } } },
    });
  });

  it("does not count as hung while it says that it is alive", async () => {
    const rig = await running(untilAnnounced);
    for (let second = 0; second < 60; second++) {
      rig.host.of("1").say({ type: "alive" });
      await rig.advance(seconds(1));
    }
    expect(rig.host.workers).toHaveLength(1);
    expect(rig.station.snapshot()[0]?.kind).toBe("running");
  });

  it("and cannot even be killed does not keep the station from closing", async () => {
    const rig = await running(untilAnnounced);
    rig.host.of("1").mortal = false;
    const closing = rig.station.close();
    await rig.advance(seconds(200));
    await closing;
    expect(await rig.summary).toMatchObject({ aborted: 1 });
  });
});

describe("a worker that does not start", () => {
  it("is given two chances, then the run is ERROR with the modem untouched", async () => {
    const rig = new StationRig({ autoReady: false });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(seconds(30));
    expect(rig.host.workers).toHaveLength(2);
    await rig.advance(seconds(30));
    expect(await done).toMatchObject({ error: 1 });
    expect(rig.lastOf("1")).toMatchObject({
      ...{ type: "run.finished", outcome: "ERROR", release: "untouched" },
      error: { code: "station.worker-start", facts: { limit: { value: 30_000, unit: "ms" } } },
    });
  });

  it("because the system refuses ends the run in the same way", async () => {
    const rig = new StationRig();
    await rig.advance(0);
    rig.host.of("1").exit({ code: 1, signal: null });
    rig.host.refusal = new StationError("station.worker-start", "no more processes", { slot: "1" });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(seconds(1));
    expect(await done).toMatchObject({ error: 1 });
    expect(rig.lastOf("1")).toMatchObject({ error: { code: "station.worker-start", what: "no more processes" } });
  });

  it("leaves its place to the next slot", async () => {
    const rig = new StationRig({ slots: 3, autoReady: false });
    await rig.advance(0);
    expect(rig.host.workers.map(({ slot }) => slot)).toEqual(["1", "2"]);
    rig.host.of("1").exit({ code: 1, signal: null });
    await rig.advance(0);
    expect(rig.host.workers.map(({ slot }) => slot)).toEqual(["1", "2", "3"]);
  });
});

describe("stopping", () => {
  it("before the order reached a worker ends the run at once, the modem untouched", async () => {
    const rig = new StationRig({ autoReady: false });
    const { done } = await rig.station.start(rig.request());
    rig.station.abort("all");
    await rig.advance(0);
    expect(await done).toMatchObject({ aborted: 1 });
    expect(rig.lastOf("1")).toMatchObject({
      outcome: "ABORTED",
      release: "untouched",
      error: { code: "station.aborted" },
    });
    rig.host.of("1").ready();
    await rig.advance(0);
    expect(rig.host.of("1").heard).toEqual([]);
  });

  it.each([0, 1, 2, 3])("after %i events lets the worker release the modem", async (count) => {
    const events = [
      phase("connect"),
      identified(uuidOf("1")),
      { type: "command.announced", command: COMMAND } as const,
    ];
    const rig = await running((worker, message) => {
      if (message.type === "order") for (const event of events.slice(0, count)) worker.event(event);
      obedient(worker, message);
    });
    rig.station.abort("1" as never);
    rig.station.abort("all");
    await rig.advance(0);
    expect(await rig.summary).toMatchObject({ aborted: 1 });
    expect(rig.host.of("1").heard.filter((type) => type === "abort")).toHaveLength(1);
    expect(rig.lastOf("1")).toMatchObject({ seq: count + 1, outcome: "ABORTED", release: "restored" });
  });

  it("tells of a claim whose worker is lost that its end is unknown", async () => {
    const uuid = uuidOf("1") as DeviceUuid;
    const rig = await running((worker, message) => {
      if (message.type === "order") worker.event(identified(uuid));
      if (message.type === "admission") worker.event({ type: "claim.announced", act: "claim", uuid, tags: [] });
      // The store's word comes at once: the worker waits for it before it sends the claim.
      if (message.type === "stored" && message.seq === 2) worker.exit({ code: 1, signal: null });
    });
    await rig.advance(0);
    expect(await rig.summary).toMatchObject({ error: 1 });
    expect(rig.stored("1").slice(-2)).toMatchObject([
      { type: "claim.concluded", act: "claim", result: "unknown" },
      { type: "run.finished", error: { code: "station.worker-died" } },
    ]);
  });

  it("a worker that does not obey ends after the limit, as ABORTED with the modem named unreachable", async () => {
    const rig = await running((worker, message) => {
      if (message.type !== "abort") untilAnnounced(worker, message);
    });
    rig.station.abort("all");
    for (let second = 0; second < 185; second++) {
      rig.host.of("1").say({ type: "alive" });
      await rig.advance(seconds(1));
    }
    expect(await rig.summary).toMatchObject({ aborted: 1 });
    expect(rig.lastOf("1")).toMatchObject({
      ...{ outcome: "ABORTED", release: "unreachable" },
      error: {
        code: "station.aborted",
        facts: { worker: "station.worker-hung" },
        cause: { code: "station.worker-hung" },
      },
    });
  });

  it("by closing waits for every run and ends every process, told first", async () => {
    const rig = new StationRig({ slots: 5, script: obedient });
    const { done } = await rig.station.start(rig.request({ slots: ["1", "2"] }));
    await rig.advance(0);
    const closing = rig.station.close();
    await rig.advance(seconds(20));
    await closing;
    expect(await done).toMatchObject({ aborted: 2 });
    expect(rig.lastOf("1")).toMatchObject({ error: { code: "station.closing" } });
    expect(rig.host.alive).toBe(0);
    for (const worker of rig.host.workers) expect([worker.heard.at(-1), worker.killed]).toEqual(["shutdown", true]);
    expect(rig.clock.untilNext()).toBeUndefined();
  });

  it("while a batch is being recorded stops that batch too", async () => {
    const rig = new StationRig({ script: obedient });
    await rig.advance(0);
    const starting = rig.station.start(rig.request());
    const closing = rig.station.close();
    await rig.advance(seconds(20));
    await closing;
    expect(await (await starting).done).toMatchObject({ aborted: 1 });
    expect(rig.host.alive).toBe(0);
  });
});
