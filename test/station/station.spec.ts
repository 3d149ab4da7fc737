import { describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import type { BatchId, DeviceUuid, RunId, SlotId } from "../../src/core/ids.ts";
import type { WorkerScript } from "../fakes/fake-worker-host.ts";
import type { FakeWorker } from "../fakes/fake-worker-host.ts";
import { identified, passing, phase, StationRig, uuidOf } from "./station-rig.ts";

describe("a batch", () => {
  it("passes in every slot, and its end is recorded", async () => {
    const rig = new StationRig({ slots: 3 });
    const { batch, done } = await rig.station.start(rig.request({ operator: "Ada" }));
    await rig.advance(1000);
    expect(await done).toMatchObject({ batch, units: 3, pass: 3, fail: 0, error: 0, aborted: 0 });
    expect(rig.store.records.map(({ outcome, operator }) => [outcome, operator])).toEqual([
      ["PASS", "Ada"],
      ["PASS", "Ada"],
      ["PASS", "Ada"],
    ]);
    expect(rig.station.snapshot().map((state) => state.kind)).toEqual(["finished", "finished", "finished"]);
    expect(rig.news.at(0)).toMatchObject({ kind: "batch.started", batch, slots: ["1", "2", "3"] });
    expect(rig.news.at(-1)).toMatchObject({ kind: "batch.finished", summary: { batch, pass: 3 } });
  });

  it("is recorded with its runs before any worker gets its order", async () => {
    const rig = new StationRig();
    await rig.advance(0);
    const starting = rig.station.start(rig.request());
    expect(rig.host.of("1").heard).toEqual([]);
    await starting;
    expect(rig.store.records).toHaveLength(1);
    await rig.advance(0);
    expect(rig.host.of("1").heard[0]).toBe("order");
  });

  it("of 64 slots passes, two workers starting at a time", async () => {
    const rig = new StationRig({ slots: 64, autoReady: false });
    const { done } = await rig.station.start(rig.request());
    for (let started = 2; started <= 64; started += 2) {
      await rig.advance(1);
      expect(rig.host.workers).toHaveLength(started);
      for (const worker of rig.host.workers.slice(-2)) worker.ready();
    }
    await rig.advance(1000);
    expect((await done).pass).toBe(64);
  });

  it("can be followed by the next one in the same workers", async () => {
    const rig = new StationRig({ slots: 2 });
    for (const again of [false, true]) {
      const { done } = await rig.station.start(rig.request({ again }));
      await rig.advance(1000);
      expect((await done).pass).toBe(2);
    }
    expect(rig.host.workers).toHaveLength(2);
  });

  it("may run beside another one in other slots", async () => {
    const rig = new StationRig({ slots: 2 });
    const first = await rig.station.start(rig.request({ slots: ["1"] }));
    const second = await rig.station.start(rig.request({ slots: ["2"] }));
    await rig.advance(1000);
    expect([(await first.done).units, (await second.done).units]).toEqual([1, 1]);
  });

  it("tells what it runs: port, line, recipe, credentials, serial", async () => {
    const rig = new StationRig({
      credentials: { ownerKey: new Secret("the-key"), proxyFor: (url) => `http://proxy.example/?${url.length}` },
    });
    await rig.station.start(rig.request({ serials: { "1": "SN-7" }, operator: "Ada" }));
    await rig.advance(0);
    expect(rig.host.of("1").order).toMatchObject({
      ...{ slot: "1", port: { tcp: "127.0.0.1:4001" }, line: { baud: 115_200 }, release: "restore" },
      ...{ ownerKey: "the-key", boardSerial: "SN-7", operator: "Ada" },
      ...{ proxy: "http://proxy.example/?23", ownerProxy: "http://proxy.example/?25" },
      recipe: { sha256: rig.files.recipe.sha256 },
    });
    expect(JSON.stringify([rig.news, rig.store.events])).not.toContain("the-key");
  });

  it("is training where the service is the embedded one", async () => {
    const rig = new StationRig();
    await rig.station.start(rig.request());
    expect(rig.store.records[0]).toMatchObject({ training: true, link: "tcp://127.0.0.1:4001", recipe: "Board 1" });
  });
});

describe("a request that cannot be met", () => {
  it.each([
    [{ slots: ["9"] }, "station.slot-unknown", { slot: "9" }],
    [{ slots: ["1", "1"] }, "station.slot-repeated", { slot: "1" }],
    [{ serials: { "1": "A", "2": "A" } }, "station.serial-repeated", { slot: "2", otherSlot: "1", serial: "A" }],
    [{ serials: { "9": "A" } }, "station.slot-unknown", { slot: "9" }],
  ])("%j is refused as %s, and nothing is recorded", async (request, code, facts) => {
    const rig = new StationRig({ slots: 2 });
    await expect(rig.station.start(rig.request(request))).rejects.toMatchObject({ code, facts });
    expect(rig.store.events).toEqual([]);
  });

  it("is refused while the slot runs, and while its start is being recorded", async () => {
    const rig = new StationRig({ slots: 2, script: () => undefined });
    const first = rig.station.start(rig.request({ slots: ["1"], serials: { "1": "A" } }));
    await expect(rig.station.start(rig.request({ slots: ["1"] }))).rejects.toMatchObject({ code: "station.slot-busy" });
    await first;
    await expect(rig.station.start(rig.request())).rejects.toMatchObject({ code: "station.slot-busy" });
    const other = rig.request({ slots: ["2"], serials: { "2": "A" } });
    await expect(rig.station.start(other)).rejects.toMatchObject({
      code: "station.serial-in-use",
      facts: { slot: "2", otherSlot: "1", serial: "A" },
    });
  });

  it("is refused after the station was closed", async () => {
    const rig = new StationRig();
    await rig.station.close();
    await expect(rig.station.start(rig.request())).rejects.toMatchObject({ code: "station.closed" });
  });
});

describe("a unit", () => {
  it("that passed before is refused, naming the run and its time", async () => {
    const rig = new StationRig();
    const first = await rig.station.start(rig.request());
    await rig.advance(1000);
    await first.done;
    const second = await rig.station.start(rig.request());
    await rig.advance(1000);
    expect(await second.done).toMatchObject({ pass: 0, error: 1 });
    expect(rig.lastOf("1")).toMatchObject({
      type: "run.finished",
      error: { code: "station.passed-before", facts: { uuid: uuidOf("1"), recipe: "Board 1" } },
    });
  });

  it("that answers in two slots is admitted in one of them only", async () => {
    const same: WorkerScript = (worker, message) => {
      if (message.type === "order") {
        worker.event({ type: "phase.started", phase: "connect", attempt: 1, limitMs: 1 });
        worker.event({
          type: "unit.identified",
          device: { uuid: uuidOf("7") as DeviceUuid, imei: "352656100367872" as never },
        });
      } else passing(worker, message);
    };
    const rig = new StationRig({ slots: 2, script: same });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(1000);
    expect(await done).toMatchObject({ pass: 1, error: 1 });
    expect(rig.lastOf("2")).toMatchObject({
      error: { code: "station.unit-in-other-slot", facts: { uuid: uuidOf("7"), otherSlot: "1" } },
    });
  });

  it("that ran in one slot is not admitted in another slot of the same batch, not even again", async () => {
    const waiting: FakeWorker[] = [];
    const rig = new StationRig({
      slots: 2,
      script: (worker, message) => {
        if (worker.slot === "1" || message.type !== "order") passing(worker, message);
        else waiting.push(worker);
      },
    });
    const { done } = await rig.station.start(rig.request({ again: true }));
    await rig.advance(1000);
    for (const worker of waiting) {
      worker.event(phase("connect"));
      worker.event(identified(uuidOf("1")));
    }
    await rig.advance(1000);
    expect(await done).toMatchObject({ pass: 1, error: 1 });
    expect(rig.lastOf("2")).toMatchObject({ error: { code: "station.unit-in-other-slot", facts: { otherSlot: "1" } } });
  });

  it("is admitted with the settings that the station keeps for it, and leaves new ones", async () => {
    const rig = new StationRig({
      script: (worker, message) => {
        if (message.type === "admission") {
          const named = { runId: worker.order!.runId, slot: worker.slot };
          worker.say({ type: "setting", ...named, key: "provisioning/interval-sec", value: "60" });
        }
        passing(worker, message);
      },
    });
    for (const again of [false, true]) {
      const { done } = await rig.station.start(rig.request({ again }));
      await rig.advance(1000);
      await done;
    }
    const admissions = rig.host.of("1").told.filter((message) => message.type === "admission");
    expect(admissions.map(({ admission }) => admission)).toEqual([
      { kind: "admitted", settings: {} },
      { kind: "admitted", settings: { "provisioning/interval-sec": "60" } },
    ]);
  });
});

describe("a station that was cut off", () => {
  it("shows the runs it left open as ABORTED, with the last command", () => {
    const rig = new StationRig({
      slots: 2,
      recovered: [
        {
          runId: "019b76da-a800-7000-8000-000000000001" as RunId,
          slot: "2" as SlotId,
          batch: "019b76da-a800-7000-8000-000000000000" as BatchId,
          lastCommand: "%KEYGEN 16842753,2,0",
        },
      ],
    });
    expect(rig.station.snapshot()).toMatchObject([
      { kind: "idle", slot: "1" },
      {
        ...{ kind: "finished", slot: "2", outcome: "ABORTED", release: "unreachable", link: "tcp://127.0.0.1:4002" },
        ...{ startedAt: "2026-01-01T00:00:00.000Z", command: "%KEYGEN 16842753,2,0" },
        error: { code: "run.interrupted", facts: { lastCommand: "%KEYGEN 16842753,2,0" } },
      },
    ]);
  });

  it("says so where a claim was announced and has no end", () => {
    const recovered = [
      {
        runId: "019b76da-a800-7000-8000-000000000001" as RunId,
        slot: "1" as SlotId,
        batch: "019b76da-a800-7000-8000-000000000000" as BatchId,
        ownerAct: "claim" as const,
      },
    ];
    expect(new StationRig({ recovered }).station.snapshot()).toMatchObject([
      {
        outcome: "ABORTED",
        error: { code: "run.claim-interrupted", what: "the station stopped while it claimed the unit" },
      },
    ]);
  });
});
