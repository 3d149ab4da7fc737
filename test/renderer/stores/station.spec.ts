import { describe, expect, it, vi } from "vitest";
import type { RequestKind } from "../../../src/contract/desktop.ts";
import { FakeStation } from "../../../renderer/dev/fake-station.ts";
import { SCENES } from "../../../renderer/dev/scenes.ts";
import { useOrders } from "../../../renderer/stores/orders.ts";
import { useStation } from "../../../renderer/stores/station.ts";
import { useTray } from "../../../renderer/stores/tray.ts";
import { reportOf, StationError } from "../../../src/core/error.ts";
import { busy, ended, slot } from "../screens/line/trays.ts";
import { FakeMain, settled, useMain } from "./rig.ts";

const BATCH = "0195549c-9a00-7000-8000-0000004f09a2";
const scene = (name: string) => SCENES.find((known) => known.name === name)!;
const finished = ended(1, "PASS");
const started = { kind: "batch.started", batch: BATCH, startedAt: "2026-03-02T10:00:00.000Z", slots: ["1"] };
const runNews = (state: unknown) => ({
  ...{ kind: "run", batch: BATCH, state },
  event: {
    type: "note",
    runId: finished.runId,
    slot: "1",
    seq: 1,
    at: finished.startedAt,
    level: "info",
    text: "x",
    facts: {},
  },
});

function rig(name: string, answer?: (kind: RequestKind) => unknown) {
  const fake = new FakeStation(scene(name), {});
  const main = new FakeMain((kind, asks) => answer?.(kind) ?? fake.request(kind, asks));
  useMain(main);
  const station = useStation();
  station.follow();
  return { main, station, asked: (kind: string) => main.asked.filter((one) => one.kind === kind) };
}

describe("the station store", () => {
  it("takes over a snapshot, then news in order", async () => {
    const { main, station } = rig("ready-8");
    await settled();
    expect(station.facts?.fixture.slots).toHaveLength(8);
    main.tell({ number: 1, news: started }, { number: 2, news: runNews(busy(1)) });
    expect(station.running).toBe(true);
    expect(station.slotOf(slot(1)).value.kind).toBe("running");
  });

  it("holds back news that come before the snapshot", async () => {
    const { main, station } = rig("ready-8");
    main.tell({ number: 1, news: runNews(finished) });
    expect(station.slotOf(slot(1)).value.kind).toBe("idle");
    await settled();
    expect(station.slotOf(slot(1)).value.kind).toBe("finished");
  });

  it("asks once more for a snapshot that failed: what it shows may be out of date", async () => {
    vi.useFakeTimers();
    try {
      const fails = { next: false };
      const { main, station, asked } = rig("ready-8", (kind) => {
        if (kind !== "snapshot" || !fails.next) return undefined;
        fails.next = false;
        throw new StationError("desktop.answer", "unreadable");
      });
      await vi.advanceTimersByTimeAsync(0);
      fails.next = true;
      main.tell({ number: 1, news: { kind: "configured" } });
      await vi.advanceTimersByTimeAsync(0);
      expect(station.fault?.code).toBe("desktop.answer");
      await vi.advanceTimersByTimeAsync(2000);
      expect(station.fault).toBeUndefined();
      expect(asked("snapshot")).toHaveLength(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it("asks for a new snapshot when news are missing", async () => {
    const { main, asked } = rig("ready-8");
    await settled();
    main.tell({ number: 3, news: started });
    await settled();
    expect(asked("snapshot")).toHaveLength(2);
  });

  it("shows that the record fails until a batch could be recorded", async () => {
    const { main, station } = rig("ready-8");
    await settled();
    const error = reportOf(new StationError("station.store-failed", "the disk is full"));
    main.tell({ number: 1, news: { kind: "store.failed", error } });
    expect(station.facts?.storeFailure?.code).toBe("station.store-failed");
    main.tell({ number: 2, news: started });
    expect(station.facts?.storeFailure).toBeUndefined();
  });

  it("changes no other slot's reference when one slot goes on", async () => {
    const { main, station } = rig("ready-8");
    await settled();
    const other = station.slotOf(slot(2)).value;
    main.tell({ number: 1, news: runNews(busy(1)) });
    expect(station.slotOf(slot(2)).value).toBe(other);
  });

  it("keeps why the station does not answer", async () => {
    const error = reportOf(new StationError("station.closed", "the station is closed"));
    const { station } = rig("ready-8", () => ({ ok: false, error }));
    await settled();
    expect(station.fault?.code).toBe("station.closed");
    expect(station.facts).toBeUndefined();
  });
});

describe("scanning and starting", () => {
  it("starts the scanned units with their serials and the operator, and forgets the serials once they run", async () => {
    const { main, asked } = rig("finished-8");
    await settled();
    const tray = useTray();
    expect(tray.scan("7QAAAA")).toBe(true);
    expect(tray.scan("7QAAAA")).toBe(false);
    expect(tray.refusal?.why).toBe("scannedBefore");
    await useOrders().start();
    expect(asked("start")[0]?.asks).toMatchObject({
      ...{ slots: ["1", "6"], again: false, operator: "Operator 07" },
      serials: { "1": "7QAAAA" },
    });
    main.tell({ number: 1, news: started }, { number: 2, news: started }, { number: 3, news: runNews(busy(1)) });
    expect(tray.prepared.size).toBe(0);
  });

  it("tells why nothing was started", async () => {
    const error = reportOf(new StationError("station.slot-busy", "slot 1 is running"));
    const { station } = rig("ready-8", (kind) => (kind === "start" ? { ok: false, error } : undefined));
    await settled();
    const orders = useOrders();
    await orders.start();
    expect(orders.failure?.code).toBe("station.slot-busy");
    expect(orders.starting).toBe(false);
    expect(station.running).toBe(false);
  });

  it("skips a slot, and takes it back", async () => {
    rig("states-8");
    await settled();
    const tray = useTray();
    expect(tray.target).toBe("1");
    tray.skip();
    expect(tray.target).toBe("2");
    tray.reopen(slot(1));
    expect(tray.target).toBe("1");
  });
});
