// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import SlotTile from "../../../../renderer/screens/line/slot-tile.vue";
import { useTray } from "../../../../renderer/stores/tray.ts";
import { shown } from "../../mounted.ts";
import { slot } from "./trays.ts";

describe("a slot's tile", () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-03-02T10:00:00.000Z") }));
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  async function tile(name: string, scene = "states-8", size = "L") {
    const place = { slot: slot(name), row: 1, column: 1, port: "usb:1-1.1 interface 0" };
    const rest = await shown(SlotTile, { scene, props: { place, size } });
    const { screen } = rest;
    const spoken = (): string => screen.get(".visually-hidden").text();
    const seen = (): string => screen.get(".body").text();
    return { ...rest, spoken, seen, look: () => screen.attributes("data-look") };
  }

  it.each([
    ["1", "scan", "Slot 1, Scan, this slot next"],
    ["2", "scan", "Slot 2, Scan, label needed"],
    ["4", "running", "Slot 4, Provision, 5 of 7, 7Q4E69"],
    ["5", "pass", "Slot 5, PASS, 4:03, 7Q4E6C"],
    ["6", "fail", "Slot 6, FAIL, Key not kept, 3:21, 7Q4E6F"],
    ["7", "error", "Slot 7, ERROR, Link lost, 0:12, 7Q4E72"],
    ["8", "aborted", "Slot 8, ABORTED, Stopped, 1:00, 7Q4E75"],
  ])("says of slot %s that it is %s, in words too", async (name, look, words) => {
    const { spoken, look: shownLook } = await tile(name);
    expect(shownLook()).toBe(look);
    expect(spoken()).toBe(words);
  });

  it("says of a tray without serials that a slot is ready, and that no board is there", async () => {
    expect((await tile("1", "unplugged-8")).spoken()).toMatch(/^Slot 1, PASS/);
    expect((await tile("2", "unplugged-8")).spoken()).toBe("Slot 2, Ready");
    const absent = await tile("3", "unplugged-8");
    expect(absent.look()).toBe("empty");
    expect(absent.spoken()).toBe("Slot 3, Empty, no board");
  });

  it("turns ready with its serial once it is scanned, and empty once it is skipped", async () => {
    const { spoken, look, seen, pinia } = await tile("1");
    const tray = useTray(pinia);
    tray.scan("7Q4ABC");
    await flushPromises();
    expect(look()).toBe("ready");
    expect(spoken()).toBe("Slot 1, Ready, 7Q4ABC");
    expect(seen()).toContain("7Q4ABC");
    tray.reopen(slot(1));
    tray.skip();
    await flushPromises();
    expect(spoken()).toBe("Slot 1, Empty");
  });

  it("shows nothing by colour alone: every look has its word", async () => {
    for (const [name, word] of [
      ...[["5", "PASS"] as const, ["6", "FAIL"] as const, ["7", "ERROR"] as const, ["8", "ABORTED"] as const],
    ])
      expect((await tile(name)).seen()).toContain(word);
  });

  it("has room for a short word alone on the smallest tiles, and still speaks the whole", async () => {
    const aborted = await tile("8", "states-8", "S");
    expect(aborted.seen()).toBe("8ABORT");
    expect(aborted.spoken()).toContain("ABORTED, Stopped");
    const running = await tile("4", "states-8", "S");
    expect(running.seen()).toBe("45 of 7");
    expect(running.spoken()).toContain("Provision");
  });

  it("counts a running slot's time on, second by second", async () => {
    const { seen } = await tile("4");
    expect(seen()).toContain("2:37");
    await vi.advanceTimersByTimeAsync(3000);
    expect(seen()).toContain("2:40");
  });

  it("keeps the unit's numbers and its port for the pointer", async () => {
    const { screen } = await tile("5");
    expect(screen.attributes("title")).toContain("IMEI 35190193041");
    expect(screen.attributes("title")).toContain("usb:1-1.1 interface 0");
  });
});
