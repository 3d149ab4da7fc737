import { describe, expect, it } from "vitest";
import type { RunEventBody } from "../../src/contract/run-event.ts";
import { asStationError } from "../../src/core/error.ts";
import { settingsStoreOf, UnitSettings } from "../../src/run/unit-settings.ts";
import { ScriptedModem } from "../fakes/scripted-modem.ts";

function rig(answer = "OK\r\n") {
  const told: RunEventBody[] = [];
  const kept: string[] = [];
  const tell = (body: RunEventBody): void => void told.push(body);
  const keep = (key: string, value: string): void => void kept.push(`${key}=${value}`);
  const settings = new UnitSettings({ kept: { "provisioning/interval-sec": "60" }, keep, tell });
  const modem = new ScriptedModem([[/^AT#XSET/, answer]]);
  const shell = { run: () => Promise.resolve(["00000000: 4f 73 6c 6f |Oslo|"]) };
  const store = (board: Parameters<typeof settingsStoreOf>[1]) =>
    settingsStoreOf(settings, board, { modem, shell }, tell);
  return { settings, store, modem, told, kept };
}

describe("a unit's settings", () => {
  it("are the kept ones, and are kept and told when written", async () => {
    const { store, kept, told } = rig();
    const station = store({ sink: "none" });
    expect(await station.load("provisioning")).toEqual([["provisioning/interval-sec", "60"]]);
    await station.write("site/name", "Oslo");
    expect(kept).toEqual(["site/name=Oslo"]);
    expect(told).toMatchObject([{ type: "setting.written", key: "site/name", value: "Oslo", sink: "station" }]);
  });

  it("go to the board first where the fixture says so, by AT command or shell", async () => {
    const { store, modem, told } = rig();
    await store({ sink: "at", template: 'AT#XSET="{key}","{value}"' }).write("site/name", "Oslo");
    expect(modem.sent).toEqual(['AT#XSET="site/name","Oslo"']);
    await store({ sink: "zephyr-shell" }).write("site/name", "Oslo");
    const sinks = told.map((body) => (body.type === "setting.written" ? body.sink : ""));
    expect(sinks).toEqual(["at", "station", "zephyr-shell", "station"]);
  });

  it("are not kept when the board refuses them", async () => {
    const { store, kept } = rig("ERROR\r\n");
    const failure = await store({ sink: "at", template: 'AT#XSET="{key}","{value}"' })
      .write("site/name", "Oslo")
      .catch(asStationError);
    expect(failure).toMatchObject({ code: "provisioning.setting-refused" });
    expect(kept).toEqual([]);
  });

  it("keep the id of the last command once, and none that is empty", async () => {
    const { settings, kept } = rig();
    for (const id of ["", "a.1", "a.1", "a.2"]) await settings.rememberId(id);
    expect(kept).toEqual(["provisioning/after-correlation-id=a.1", "provisioning/after-correlation-id=a.2"]);
  });
});
