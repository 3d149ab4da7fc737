import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/contract/run-event.ts";
import { seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { finished, obedient, passing, phase, StationRig } from "./station-rig.ts";

const full = new StationError("audit.full", "the disk is full");

/** Lets the store's appends wait until they are let through, as a slow disk does. */
function slowStore(rig: StationRig): { release(): void } {
  const gates: (() => void)[] = [];
  const append = rig.store.append.bind(rig.store);
  rig.store.append = async (event: RunEvent) => {
    await new Promise<void>((resolve) => gates.push(resolve));
    await append(event);
  };
  return { release: () => gates.splice(0).forEach((open) => open()) };
}

describe("the record", () => {
  it("comes first: nothing is shown or confirmed before its commit", async () => {
    const rig = new StationRig();
    const slow = slowStore(rig);
    const { done } = await rig.station.start(rig.request());
    await rig.advance(0);
    expect(rig.shown("1")).toEqual(["run.started"]);
    expect(rig.host.of("1").heard).toEqual(["order"]);
    slow.release();
    await rig.advance(0);
    expect(rig.shown("1")).toEqual(["run.started", "phase.started", "unit.identified"]);
    expect(rig.host.of("1").heard).toEqual(["order", "admission"]);
    for (let turn = 0; turn < 5; turn++) {
      slow.release();
      await rig.advance(0);
    }
    expect(await done).toMatchObject({ pass: 1 });
  });

  it("is confirmed to the worker where that waits for it: at announced commands", async () => {
    const rig = new StationRig({
      script: (worker, message) => {
        if (message.type !== "order") return;
        worker.event(phase("connect"));
        for (let count = 0; count < 3; count++) worker.event({ type: "note", level: "info", text: "x", facts: {} });
        worker.event({
          type: "command.announced",
          command: { id: "c", kind: "finished", text: "finished", ordinal: 1, total: 1 },
        });
        worker.event({ type: "note", level: "info", text: "x", facts: {} });
      },
    });
    const slow = slowStore(rig);
    await rig.station.start(rig.request());
    await rig.advance(0);
    slow.release();
    await rig.advance(0);
    const confirmed = rig.host.of("1").told.flatMap((message) => (message.type === "stored" ? [message.seq] : []));
    expect(confirmed).toEqual([5]);
  });
});

describe("a store that fails", () => {
  it("before the start lets no run begin and touches no modem", async () => {
    const rig = new StationRig();
    await rig.advance(0);
    rig.store.failWith(full);
    await expect(rig.station.start(rig.request())).rejects.toMatchObject({
      code: "station.store-failed",
      facts: { reason: "audit.full" },
      cause: { code: "audit.full" },
    });
    expect(rig.host.of("1").heard).toEqual([]);
    expect(rig.station.snapshot()).toEqual([{ kind: "idle", slot: "1" }]);
    rig.store.failWith(undefined);
    const { done } = await rig.station.start(rig.request());
    await rig.advance(1);
    expect(await done).toMatchObject({ pass: 1 });
  });

  it("in the middle stops all runs, releases the modems, shows no PASS", async () => {
    const rig = new StationRig({
      slots: 3,
      script: (worker, message) => {
        if (message.type === "order") worker.event(phase("connect"));
        obedient(worker, message);
      },
    });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(0);
    rig.store.failWith(full);
    rig.host.of("2").event(phase("provision"));
    await rig.advance(0);
    await expect(done).rejects.toMatchObject({ code: "station.store-failed" });
    expect(rig.host.workers.map((worker) => worker.heard.includes("abort"))).toEqual([true, true, true]);
    for (const state of rig.station.snapshot())
      expect(state).toMatchObject({
        ...{ kind: "finished", outcome: "ERROR", release: "restored" },
        error: { code: "station.store-failed", cause: { code: "audit.full" } },
      });
    expect(rig.news.filter((news) => news.kind === "store.failed")).toHaveLength(1);
    expect(rig.runNews("2").at(-1)).toMatchObject({ unsaved: true, event: { type: "run.finished", outcome: "ERROR" } });
  });

  it("as a unit passes shows ERROR, not PASS", async () => {
    const rig = new StationRig({
      script: (worker, message) => {
        if (message.type === "stored" && message.seq === 3) rig.store.failWith(full);
        passing(worker, message);
      },
    });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(10);
    await expect(done).rejects.toMatchObject({ code: "station.store-failed" });
    expect(rig.station.snapshot()[0]).toMatchObject({ kind: "finished", outcome: "ERROR" });
    expect(rig.store.records[0]?.outcome).toBeNull();
  });

  it("lets no batch start before the ends of the runs it lost are recorded", async () => {
    const rig = new StationRig({ script: obedient });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(0);
    rig.store.failWith(full);
    rig.host.of("1").event(phase("connect"));
    await rig.advance(0);
    await expect(done).rejects.toMatchObject({ code: "station.store-failed" });
    await expect(rig.station.start(rig.request())).rejects.toMatchObject({ code: "station.store-failed" });
    rig.store.failWith(undefined);
    rig.host.script = passing;
    const next = await rig.station.start(rig.request());
    await rig.advance(10);
    expect(await next.done).toMatchObject({ pass: 1 });
    expect(rig.store.records.map(({ outcome, code }) => [outcome, code])).toEqual([
      ["ERROR", "station.store-failed"],
      ["PASS", null],
    ]);
  });

  it("for a moment only still ends the run, its record whole", async () => {
    const rig = new StationRig({ script: obedient });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(0);
    rig.store.failWith(full);
    rig.host.of("1").event(phase("connect"));
    rig.store.failWith(undefined);
    await rig.advance(10);
    expect(await done).toMatchObject({ error: 1 });
    expect(rig.stored("1").map(({ seq, type }) => [seq, type])).toEqual([
      [0, "run.started"],
      [1, "run.finished"],
    ]);
  });

  it("and a worker that dies in the same moment end the run once", async () => {
    const rig = new StationRig({ script: () => undefined });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(0);
    rig.store.failWith(full);
    rig.host.of("1").event(phase("connect"));
    rig.host.of("1").exit({ code: 1, signal: null });
    await rig.advance(seconds(1));
    await expect(done).rejects.toMatchObject({ code: "station.store-failed" });
    expect(rig.shown("1").filter((type) => type === "run.finished")).toHaveLength(1);
  });
});

describe("a record that is refused", () => {
  it("for holding a secret ends its run alone, without the secret", async () => {
    const secret = "-----BEGIN PRIVATE KEY-----";
    const rig = new StationRig({
      slots: 2,
      script: (worker, message) => {
        if (worker.slot === "2") passing(worker, message);
        else if (message.type === "order") worker.event({ type: "note", level: "info", text: secret, facts: {} });
        else obedient(worker, message);
      },
    });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(10);
    expect(await done).toMatchObject({ pass: 1, error: 1 });
    expect(rig.lastOf("1")).toMatchObject({ outcome: "ERROR", release: "restored", error: { code: "audit.secret" } });
    expect(JSON.stringify([rig.news, rig.store.events])).not.toContain(secret);
  });

  it("is not shown as PASS when it is the last one", async () => {
    const rig = new StationRig({
      script: (worker, message) => {
        if (message.type !== "order") return;
        const report = { code: "station.aborted", what: "-----BEGIN PRIVATE KEY-----", facts: {}, advice: "" } as const;
        worker.event({ ...finished("PASS"), error: report } as never);
      },
    });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(10);
    expect(await done).toMatchObject({ pass: 0, error: 1 });
    expect(rig.station.snapshot()[0]).toMatchObject({ outcome: "ERROR", error: { code: "audit.secret" } });
  });
});
