import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Jobs } from "../../../main/desk/jobs.ts";
import { NewsOutlet } from "../../../main/desk/news-outlet.ts";
import { SettingsFile } from "../../../main/desk/settings-file.ts";
import { ShiftBook } from "../../../main/desk/shift-book.ts";
import { StationDesk } from "../../../main/desk/station-desk.ts";
import { OPEN_SESSION } from "../../../src/contract/desktop-session.ts";
import { DesktopSnapshotSchema } from "../../../src/contract/desktop-snapshot.ts";
import { NewsBundleSchema, type NewsBundle } from "../../../src/contract/desktop-news.ts";
import type { RunCounts } from "../../../src/contract/history.ts";
import { reduceSlot } from "../../../src/contract/slot-state.ts";
import { StationError } from "../../../src/core/error.ts";
import { StationRig } from "../../station/station-rig.ts";

const COUNTS: RunCounts = {
  ...{ runs: 0, pass: 0, fail: 0, error: 0, aborted: 0, running: 0 },
  ...{ units: 0, unitsPassed: 0, unitsPassedFirst: 0 },
};

describe("StationDesk", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "station-desk-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function rigWith(rig = new StationRig({ slots: 2 }), session = OPEN_SESSION) {
    const bundles: NewsBundle[] = [];
    const busy: boolean[] = [];
    const renewed: string[] = [];
    const { station, files, clock, store } = rig;
    const desk = new StationDesk({
      ...{ station, files: () => files, clock, stationId: store.stationId, version: "1.2.3" },
      settings: new SettingsFile(join(folder, "settings.json")),
      session: () => session,
      shift: new ShiftBook({ counts: async () => COUNTS }, clock),
      outlet: new NewsOutlet(clock, (bundle) => bundles.push(bundle)),
      jobs: new Jobs(clock, () => undefined),
      training: {
        facts: () => ({ modems: 2, latency: "none", faults: [] }),
        renew: async () => void renewed.push("boards"),
      },
      onBusy: (now) => busy.push(now),
      log: () => undefined,
    });
    return { rig, desk, handlers: desk.handlers(), bundles, busy, renewed };
  }

  it("shows the station's files and slots in a snapshot of the agreed form", async () => {
    const { handlers } = rigWith();
    const snapshot = await handlers.snapshot(null);
    expect(DesktopSnapshotSchema.parse(structuredClone(snapshot))).toMatchObject({
      ...{ news: 0, station: { version: "1.2.3", training: true }, recipe: { name: "Board 1" }, batches: [] },
      fixture: { slots: [{ slot: "1", port: "tcp://127.0.0.1:4001" }, { slot: "2" }] },
      slots: [
        { kind: "idle", slot: "1" },
        { kind: "idle", slot: "2" },
      ],
    });
  });

  it("tells a batch in numbered news of the agreed form, from which the slots follow", async () => {
    const { rig, handlers, bundles, busy } = rigWith();
    const before = await handlers.snapshot(null);
    const started = await handlers.start(rig.request());
    expect(started.slots).toEqual(["1", "2"]);
    expect((await handlers.snapshot(null)).batches).toMatchObject([{ batch: started.batch, slots: ["1", "2"] }]);
    await rig.advance(1000);

    const told = bundles.flatMap((bundle) => NewsBundleSchema.parse(structuredClone(bundle)));
    expect(told.map(({ number }) => number)).toEqual(told.map((_, index) => index + 1));
    expect(told.map(({ news }) => news.kind).filter((kind) => kind !== "run")).toEqual([
      "batch.started",
      "batch.finished",
      "shift",
    ]);
    const shown = told.reduce(
      (slots, { news }) =>
        news.kind === "run"
          ? slots.map((slot) => (slot.slot === news.event.slot ? reduceSlot(slot, news.event) : slot))
          : slots,
      before.slots,
    );
    const after = await handlers.snapshot(null);
    expect(after).toMatchObject({ news: told.length, batches: [], lastBatch: { pass: 2 } });
    expect(after.slots).toEqual(shown);
    expect(busy).toEqual([true, false]);
  });

  it("records the operator of the settings, unless the request names one", async () => {
    const { rig, handlers } = rigWith();
    await handlers["settings.write"]({ operator: "Ana" });
    await handlers.start(rig.request({ slots: [rig.files.fixture.slots[0]!.slot] }));
    await handlers.start(rig.request({ slots: [rig.files.fixture.slots[1]!.slot], operator: "Bo" }));
    expect(rig.store.records.map(({ operator }) => operator)).toEqual(["Ana", "Bo"]);
  });

  it("records who is signed in, whatever the window or the settings name, and starts nothing for nobody", async () => {
    const here = { open: false, people: [], operator: { name: "Dana", role: "engineer" } } as const;
    const { rig, handlers } = rigWith(undefined, { ...here, people: [] });
    await handlers["settings.write"]({ operator: "Ana" });
    await handlers.start(rig.request({ operator: "Bo" }));
    expect(rig.store.records[0]?.operator).toBe("Dana");
    const alone = rigWith(undefined, { open: false, people: [], operator: null });
    await expect(alone.handlers.start(rig.request({ operator: "Bo" }))).rejects.toMatchObject({
      code: "operators.signed-out",
    });
    expect(alone.rig.store.records).toEqual([]);
  });

  it("tells that a batch's end could not be recorded, and shows the failing record until it is well", async () => {
    const { rig, handlers, bundles } = rigWith();
    await handlers.start(rig.request());
    rig.store.failWith(new StationError("audit.full", "the disk is full"));
    await rig.advance(200_000);
    const told = bundles.flat().map(({ news }) => news.kind);
    expect(told).toContain("store.failed");
    expect(told).toContain("batch.failed");
    expect(await handlers.snapshot(null)).toMatchObject({
      batches: [],
      storeFailure: { code: "station.store-failed" },
    });
    rig.store.failWith(undefined);
    await handlers.start(rig.request({ again: true }));
    expect((await handlers.snapshot(null)).storeFailure).toBeUndefined();
  });

  it("changes boards only while nothing runs", async () => {
    const { rig, desk, handlers, renewed } = rigWith();
    await handlers.start(rig.request());
    expect(desk.busy).toBe(true);
    await expect(handlers["training.renew"](null)).rejects.toMatchObject({ code: "station.slot-busy" });
    await rig.advance(1000);
    expect(desk.busy).toBe(false);
    await handlers["training.renew"](null);
    expect(renewed).toEqual(["boards"]);
  });
});
