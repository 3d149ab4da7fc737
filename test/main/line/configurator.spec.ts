import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configurationHandlers } from "../../../main/desk/configuration-desk.ts";
import { ConfigurationFile } from "../../../main/line/configuration-file.ts";
import { Configurator, type Overrides } from "../../../main/line/configurator.ts";
import { StationLine } from "../../../main/line/station-line.ts";
import { DEFAULT_CONFIGURATION, type Configuration } from "../../../src/contract/desktop-configuration.ts";
import { LineRig } from "./line-rig.ts";

describe("Configurator", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "configurator-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = (): string => join(folder, "configuration.json");
  const kept = (): unknown => JSON.parse(readFileSync(path(), "utf8"));

  function leave(configuration: Partial<Configuration>): void {
    writeFileSync(path(), JSON.stringify({ ...DEFAULT_CONFIGURATION, ...configuration }));
  }

  async function opened(overrides: Overrides = {}) {
    const rig = new LineRig();
    const configurator = new Configurator(new ConfigurationFile(path()), overrides);
    const line = await configurator.open((choice) => StationLine.open(rig.parts, choice));
    return { rig, configurator, line };
  }

  it("begins with the training tray of eight, the embedded service and the training recipe", async () => {
    const { configurator, line } = await opened();
    expect(configurator.answer()).toEqual({
      ...{ recipe: "training", fixture: "training-tray", profile: "embedded", overridden: [] },
      training: { modems: 8, latency: "none" },
    });
    expect(line.snapshot()).toHaveLength(8);
    expect(configurator.inUse("recipe", "training")).toBe(true);
  });

  it("keeps what is chosen from one start to the next", async () => {
    const { configurator } = await opened();
    await configurator.choose("recipe", "meter");
    await configurator.choose("fixture", "fx-03");
    expect(kept()).toEqual({ ...DEFAULT_CONFIGURATION, recipe: "meter", fixture: "fx-03" });
    expect(configurator.inUse("recipe", "training")).toBe(false);
    const { line } = await opened();
    expect(line.files).toMatchObject({ recipe: { recipe: { revision: "meter" } }, fixture: { name: "fx-03" } });
  });

  it("lets switches count for this start without keeping them, until something else is chosen", async () => {
    const { configurator, line } = await opened({ recipe: "given/r.yaml", fixture: "given/f.yaml", units: 3 });
    expect(line.files).toMatchObject({
      recipe: { recipe: { revision: "given/r.yaml" } },
      fixture: { name: "given/f.yaml" },
    });
    expect(configurator.answer()).toMatchObject({ recipe: "training", overridden: ["recipe", "fixture", "modems"] });
    expect(configurator.inUse("recipe", "training")).toBe(false);
    await configurator.choose("fixture", "training-tray");
    expect(configurator.answer().overridden).toEqual(["recipe", "modems"]);
    expect(line.snapshot()).toHaveLength(3);
    expect(kept()).toEqual(DEFAULT_CONFIGURATION);
  });

  it("lays the training tray anew with other numbers", async () => {
    const { configurator, line, rig } = await opened();
    const { "configuration.write": write, "configuration.read": read } = configurationHandlers(configurator);
    expect(await write({ training: { modems: 12 } })).toMatchObject({ training: { modems: 12, latency: "none" } });
    expect(line.snapshot()).toHaveLength(12);
    await write({ training: { latency: "realistic" } });
    expect(await read(null)).toMatchObject({ training: { modems: 12, latency: "realistic" } });
    expect(rig.told.filter((told) => told.includes("tray of"))).toEqual([
      ...["start tray of 8", "start tray of 12", "stop tray of 8", "start tray of 12", "stop tray of 12"],
    ]);
  });

  it("keeps numbers for later without touching a line of real boards", async () => {
    leave({ fixture: "fx-03" });
    const { configurator, rig } = await opened();
    const before = rig.told.length;
    expect(await configurator.setTraining({ modems: 20 })).toMatchObject({ training: { modems: 20 } });
    expect(rig.told).toHaveLength(before);
    await configurator.choose("fixture", "training-tray");
    expect(rig.told).toContain("start tray of 20");
  });

  it("exchanges the transport of the embedded service without laying the tray anew", async () => {
    const { configurator, line, rig } = await opened();
    await configurator.setTraining({ transport: "coaps" });
    expect(line.files.profile.transport).toBe("coaps");
    expect(kept()).toMatchObject({ training: { transport: "coaps" } });
    expect(rig.told.filter((told) => told.includes("start"))).toEqual(["start tray of 8", "start service"]);
  });

  it("asks the embedded service for CoAP when it is chosen, and stays with HTTPS where that fails", async () => {
    const { configurator, line, rig } = await opened();
    expect(rig.told).not.toContain("offer CoAP");
    rig.failing.coaps = new Error("no UDP");
    await expect(configurator.setTraining({ transport: "coaps" })).rejects.toThrow("no UDP");
    expect(line.files.profile.transport).toBe("https");
    expect(configurator.answer().training.transport).toBeUndefined();
    expect(rig.told.filter((told) => told.startsWith("stop"))).toEqual([]);
    await configurator.setTraining({ transport: "coaps" });
    expect(line.files.profile.transport).toBe("coaps");
  });

  it("takes the training tray where what was left cannot be opened, says why, and keeps what was left", async () => {
    leave({ recipe: "broken", fixture: "fx-03" });
    const { configurator, line } = await opened();
    expect(configurator.fallback).toMatchObject({ code: "station.internal" });
    expect(line.training).toMatchObject({ modems: 8 });
    expect(kept()).toMatchObject({ recipe: "broken", fixture: "fx-03" });
    await configurator.choose("recipe", "meter");
    expect(configurator.fallback).toBeUndefined();
    expect(line.files).toMatchObject({ fixture: { name: "fx-03" }, recipe: { recipe: { revision: "meter" } } });
  });

  it("can be repaired where two documents are broken", async () => {
    leave({ recipe: "broken", fixture: "broken-too" });
    const { configurator, line } = await opened();
    await configurator.choose("recipe", "meter");
    expect(line.files).toMatchObject({ fixture: { name: "Training tray" }, recipe: { recipe: { revision: "meter" } } });
    expect(kept()).toEqual({ ...DEFAULT_CONFIGURATION, recipe: "meter" });
  });

  it("does not open with a switch that names what cannot be used", async () => {
    await expect(opened({ recipe: "broken.yaml" })).rejects.toThrow("cannot be read");
  });

  it("keeps the old choice when the new one cannot be opened", async () => {
    const { configurator, line } = await opened();
    await expect(configurator.choose("recipe", "broken")).rejects.toThrow("cannot be read");
    expect(configurator.answer().recipe).toBe("training");
    expect(line.files.recipe.recipe.revision).toBe("training");
  });

  it("says that a choice cannot be kept where something else stands in its place, and goes back", async () => {
    const { configurator, line } = await opened();
    mkdirSync(path());
    await expect(configurator.choose("recipe", "meter")).rejects.toMatchObject({ code: "desktop.configuration" });
    expect(line.files.recipe.recipe.revision).toBe("training");
    expect(configurator.answer().recipe).toBe("training");
  });

  it.each([
    ["is no JSON", "{"],
    ["is of another form", JSON.stringify({ ...DEFAULT_CONFIGURATION, configuration: 2 })],
    ["leads out of the library", JSON.stringify({ ...DEFAULT_CONFIGURATION, recipe: "../../etc" })],
    [
      "has impossible numbers",
      JSON.stringify({ ...DEFAULT_CONFIGURATION, training: { modems: 129, latency: "none" } }),
    ],
  ])("counts as untouched when its file %s", (_what, text) => {
    writeFileSync(path(), text);
    expect(new ConfigurationFile(path()).kept).toEqual(DEFAULT_CONFIGURATION);
  });

  it("counts as untouched whatever its file holds, unless it is of the right form", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.string({ unit: "binary" })), (text) => {
        writeFileSync(path(), text);
        expect(new ConfigurationFile(path()).kept).toEqual(DEFAULT_CONFIGURATION);
      }),
      { numRuns: 50 },
    );
  });
});
