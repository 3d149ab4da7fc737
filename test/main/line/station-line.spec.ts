import { describe, expect, it } from "vitest";
import { StationLine } from "../../../main/line/station-line.ts";
import type { StationNews } from "../../../src/station/station-news.ts";
import { untilAnnounced } from "../../station/station-rig.ts";
import { choiceOf, LineRig } from "./line-rig.ts";

async function opened(rig = new LineRig(), choice = choiceOf()) {
  const line = await StationLine.open(rig.parts, choice);
  const news: StationNews[] = [];
  line.subscribe((told) => news.push(told));
  return { rig, line, news };
}

describe("StationLine", () => {
  it("opens the training line: simulated modems and the embedded service", async () => {
    const { rig, line } = await opened();
    expect(rig.told).toEqual(["start tray of 2", "start service", "open training on Training tray with Embedded"]);
    expect(line.training).toEqual({ modems: 2, latency: "none", faults: ["1=mute"] });
    expect(line.files.simulated).toBe(true);
    expect(line.snapshot().map(({ slot }) => slot)).toEqual(["1", "2"]);
  });

  it("goes on to other documents: reads and starts the new before it ends the old", async () => {
    const { rig, line } = await opened();
    const changes: string[] = [];
    line.watchChanges(() => changes.push(line.files.fixture.name));
    rig.told.length = 0;
    await line.change(choiceOf({ recipe: "meter", fixture: "fx-03", profile: "cloud" }), async () => {
      rig.told.push("keep");
    });
    expect(rig.told).toEqual(["open meter on fx-03 with cloud", "keep", "stop tray of 2", "stop service"]);
    expect(changes).toEqual(["fx-03"]);
    expect(line.training).toBeUndefined();
    expect(line.service).toBeUndefined();
    expect(line.files.simulated).toBeUndefined();
    expect(line.snapshot()).toHaveLength(3);
  });

  it("keeps the helpers that the new line needs too", async () => {
    const { rig, line } = await opened();
    rig.told.length = 0;
    await line.change(choiceOf({ recipe: "meter" }));
    await line.change(choiceOf({ recipe: "meter", profile: "cloud" }));
    await line.change(choiceOf({ recipe: "meter" }, { modems: 4, latency: "none" }));
    expect(rig.told.filter((told) => !told.startsWith("open"))).toEqual([
      ...["stop service", "start tray of 4", "start service", "stop tray of 2"],
    ]);
  });

  it("starts helpers anew whose process has ended", async () => {
    const { rig, line } = await opened();
    rig.told.length = 0;
    rig.over.service = true;
    await line.reopen();
    expect(rig.told.filter((told) => !told.startsWith("open"))).toEqual(["start service", "stop service"]);
  });

  it("marks every record as training with simulated modems, though the service is the real one", async () => {
    const { rig, line } = await opened(new LineRig(), choiceOf({ profile: "cloud" }));
    const { done } = await line.start(rig.request());
    await rig.advance(1000);
    await done;
    expect(rig.store.records.map(({ training }) => training)).toEqual([true, true]);
    const started = rig.store.events.filter(({ type }) => type === "run.started");
    expect(started).toMatchObject([{ training: true }, { training: true }]);
  });

  it("does not mark records of real boards at the real service", async () => {
    const { rig, line } = await opened(new LineRig(), choiceOf({ fixture: "fx-03", profile: "cloud" }));
    const { done } = await line.start(rig.request());
    await rig.advance(1000);
    await done;
    expect(new Set(rig.store.records.map(({ training }) => training))).toEqual(new Set([false]));
  });

  it("goes on telling news after an exchange, and runs on the new line", async () => {
    const { rig, line, news } = await opened();
    await line.change(choiceOf({ recipe: "meter", fixture: "fx-03" }));
    const { done } = await line.start(rig.request());
    await rig.advance(1000);
    expect(await done).toMatchObject({ pass: 3 });
    expect(news.filter(({ kind }) => kind === "batch.finished")).toHaveLength(1);
    expect(rig.store.records[0]).toMatchObject({ recipe: "Board meter" });
  });

  it("shows last results through an exchange of the recipe, not on another tray", async () => {
    const { rig, line } = await opened();
    await line.start(rig.request());
    await rig.advance(1000);
    await line.change(choiceOf({ recipe: "meter" }));
    expect(line.snapshot()).toMatchObject([{ outcome: "PASS" }, { outcome: "PASS" }]);
    await line.change(choiceOf({ recipe: "meter", fixture: "fx-03" }));
    expect(line.snapshot().map(({ kind }) => kind)).toEqual(["idle", "idle", "idle"]);
  });

  it("refuses to change anything while runs are active, and lets them go on", async () => {
    const { rig, line } = await opened(new LineRig(untilAnnounced));
    await line.start(rig.request());
    await rig.advance(0);
    rig.told.length = 0;
    await expect(line.change(choiceOf({ recipe: "meter" }))).rejects.toMatchObject({ code: "desktop.line-busy" });
    await expect(line.renewBoards()).rejects.toMatchObject({ code: "desktop.line-busy" });
    expect(rig.told).toEqual([]);
    expect(line.busy).toBe(true);
  });

  it("refuses a change while a start is being recorded, and a start during a change", async () => {
    const { rig, line } = await opened();
    const starting = line.start(rig.request());
    await expect(line.change(choiceOf({ recipe: "meter" }))).rejects.toMatchObject({ code: "desktop.line-busy" });
    await starting;
    await rig.advance(1000);
    const changing = line.change(choiceOf({ recipe: "meter" }));
    await expect(line.start(rig.request({ again: true }))).rejects.toMatchObject({ code: "desktop.line-changing" });
    await expect(line.change(choiceOf())).rejects.toMatchObject({ code: "desktop.line-changing" });
    await changing;
    await line.start(rig.request({ again: true }));
    await line.close();
  });

  describe.each([
    ["its documents cannot be read", () => undefined, choiceOf({ recipe: "broken" })],
    [
      "its tray does not start",
      (rig: LineRig) => Object.assign(rig.failing, { tray: new Error("no tray") }),
      choiceOf({}, { modems: 4, latency: "none" }),
    ],
    [
      "it cannot be opened",
      (rig: LineRig) => Object.assign(rig.failing, { station: new Error("no station") }),
      choiceOf({ fixture: "fx-03" }),
    ],
  ])("when %s", (_what, spoil, choice) => {
    it("has the old line back, which works", async () => {
      const { rig, line } = await opened();
      spoil(rig);
      const before = line.choice;
      await expect(line.change(choice)).rejects.toThrow(/cannot be read|no tray|no station/);
      expect(line.choice).toBe(before);
      expect(line.training).toMatchObject({ modems: 2 });
      expect(rig.told).not.toContain("stop service");
      expect(rig.told).not.toContain("stop tray of 2");
      const { done } = await line.start(rig.request());
      await rig.advance(1000);
      expect(await done).toMatchObject({ pass: 2 });
    });
  });

  it("has the old line back when the choice cannot be kept, and ends what was started for the new one", async () => {
    const { rig, line } = await opened();
    const changes: number[] = [];
    line.watchChanges(() => changes.push(1));
    const keep = () => Promise.reject(new Error("disk full"));
    await expect(line.change(choiceOf({}, { modems: 5, latency: "none" }), keep)).rejects.toThrow("disk full");
    expect(line.snapshot()).toHaveLength(2);
    expect(rig.told.slice(-3)).toEqual([
      ...["open training on Training tray with Embedded", "open training on Training tray with Embedded"],
      "stop tray of 5",
    ]);
    expect(changes).toEqual([]);
  });

  it("ends what it started when it cannot be opened at all", async () => {
    const rig = new LineRig();
    rig.failing.station = new Error("no station");
    await expect(StationLine.open(rig.parts, choiceOf())).rejects.toThrow("no station");
    expect(rig.told).toEqual(["start tray of 2", "start service", "stop tray of 2", "stop service"]);
  });

  it("lays new boards where they are simulated", async () => {
    const { rig, line } = await opened();
    await line.renewBoards();
    expect(rig.told.at(-1)).toBe("renew");
    await line.change(choiceOf({ fixture: "fx-03" }));
    await expect(line.renewBoards()).rejects.toMatchObject({ code: "desktop.request" });
  });

  it("closes after an exchange that is under way, with everything that runs then", async () => {
    const { rig, line } = await opened();
    const changing = line.change(choiceOf({ fixture: "fx-03" }));
    await Promise.all([changing, line.close(), line.close()]);
    expect(rig.told.filter((told) => told.startsWith("stop"))).toEqual(["stop tray of 2", "stop service"]);
  });
});
