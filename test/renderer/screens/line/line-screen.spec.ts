// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useSession } from "../../../../renderer/stores/session.ts";
import { useTray } from "../../../../renderer/stores/tray.ts";
import { StationError } from "../../../../src/core/error.ts";
import { FRESH, line, OVER } from "./line-rig.ts";
import { slot } from "./trays.ts";

describe("the Line screen", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  describe("the tray", () => {
    it("is one stop of Tab; arrows, Home and End lead on, and stay at the edge", async () => {
      const { screen, key, focused, tile } = await line(FRESH);
      const stops = () => screen.findAll("[data-slot][tabindex='0']").map((one) => one.attributes("data-slot"));
      expect(stops()).toEqual(["1"]);
      await key("ArrowDown");
      expect(focused()).toBe("1");
      for (const [name, to] of [
        ...[["ArrowRight", "2"] as const, ["ArrowDown", "6"] as const, ["ArrowDown", "6"] as const],
        ...[["ArrowLeft", "5"] as const, ["ArrowLeft", "5"] as const, ["ArrowUp", "1"] as const],
        ...[["End", "8"] as const, ["Home", "1"] as const],
      ]) {
        await key(name);
        expect(focused()).toBe(to);
      }
      (tile(4).element as HTMLElement).focus();
      await flushPromises();
      expect(stops()).toEqual(["4"]);
    });

    it("leads the arrow out of the scan field only while that is empty", async () => {
      const { field, key, focused } = await line(FRESH);
      await field().setValue("7Q");
      await key("ArrowDown");
      expect(focused()).toBe("INPUT");
    });

    it("opens the unit of a slot that has a run", async () => {
      const { tile, router } = await line(OVER);
      await tile(6).trigger("click");
      await flushPromises();
      expect(router.currentRoute.value.name).toBe("unit");
      expect(router.currentRoute.value.params["runId"]).toMatch(/^[0-9a-f-]{36}$/);
    });

    it("goes from one slot that needs a person to the next by N, back by Shift+N, and runs it again by R", async () => {
      const { key, focused, tile, of } = await line(OVER);
      (tile(1).element as HTMLElement).focus();
      const letter = async (name: string, shiftKey = false): Promise<void> => {
        await key(name, { shiftKey });
        await vi.advanceTimersByTimeAsync(100);
      };
      await letter("n");
      expect(focused()).toBe("6");
      await letter("n");
      expect(focused()).toBe("7");
      await letter("N", true);
      expect(focused()).toBe("6");
      await letter("r");
      expect(of("start")).toEqual([]);
      await letter("n");
      await letter("r");
      expect(of("start")).toMatchObject([{ slots: ["7"], serials: { 7: "7Q4E72" } }]);
    });
  });

  describe("what needs a person", () => {
    const cards = (screen: Awaited<ReturnType<typeof line>>["screen"]) =>
      screen.findAll(".need").map((card) => card.text());

    it("says of each fault where it is, what happened and what to do", async () => {
      const { screen } = await line(OVER);
      expect(screen.get(".needs h2").text()).toBe("Before the next batch3");
      const [failed, stopped, lost] = cards(screen);
      expect(failed).toContain("FAILSlot 6");
      expect(failed).toContain("The modem did not keep its new key.");
      expect(stopped).toContain("ABORTEDSlot 8");
      expect(stopped).toContain("Do not ship this unit.");
      expect(lost).toContain("ERRORSlot 7");
      expect(lost).toContain("The unit is fine. Check cable and hub, reseat the board, then run the slot again.");
    });

    it("puts slots with the same fault on one card", async () => {
      const { screen } = await line({ scene: "running-128" });
      expect(cards(screen).filter((text) => text.includes("ERRORSlot 74, 75"))).toHaveLength(1);
      expect(screen.get(".needs h2").text()).toBe("Needs you3");
    });

    it("leads to the slot by a press on its card", async () => {
      const { screen, focused } = await line(OVER);
      await screen.findAll(".need")[0]?.trigger("click");
      expect(focused()).toBe("6");
    });

    it("forgets a fault once its slot has its next unit", async () => {
      const { screen, pinia } = await line(OVER);
      const tray = useTray(pinia);
      for (const end of [1, 2, 3, 4, 5, 6]) tray.scan(`7Q4AA${end}`);
      await flushPromises();
      expect(tray.prepared.has(slot(6))).toBe(true);
      expect(cards(screen).some((text) => text.includes("Slot 6"))).toBe(false);
    });

    it("keeps what the whole station cannot do on top", async () => {
      const refuse = () => {
        throw new StationError("audit.full", "the disk is full", {});
      };
      const { screen, press } = await line({ ...OVER, answers: { start: refuse } });
      await press("Retry slot 7");
      expect(cards(screen)[0]).toContain("ERRORStation");
      expect(cards(screen)[0]).toContain("The station cannot write its record.");
      expect(screen.get(".needs h2").text()).toBe("Before the next batch4");
    });
  });

  describe("the batch panel", () => {
    const counts = (screen: Awaited<ReturnType<typeof line>>["screen"]): Readonly<Record<string, string>> =>
      Object.fromEntries(
        screen.findAll("[data-count]").map((one) => [one.attributes("data-count") ?? "", one.get(".number").text()]),
      );

    it("counts the tray as it is", async () => {
      const { screen, scan } = await line({ scene: "states-8" });
      expect(counts(screen)).toEqual({ pass: "1", fail: "1", error: "1", running: "1", scan: "3", aborted: "1" });
      await scan("7Q4ABC");
      expect(counts(screen)).toMatchObject({ scan: "2" });
      expect(screen.get("[role=img]").attributes("aria-label")).toBe("4 of 5 finished");
    });

    it("says how long the batch runs, and how long it still takes, about", async () => {
      const { screen } = await line({ scene: "running-8" });
      const values = () => screen.findAll(".times .value").map((value) => value.text());
      expect(values()[1]).toBe("4:12");
      const [before] = values();
      await vi.advanceTimersByTimeAsync(2000);
      expect(values()[1]).toBe("4:14");
      expect(values()[0]).not.toBe(before);
    });

    it("says of a finished batch what passed and how many slots need a person", async () => {
      const { screen } = await line({ scene: "finished-8" });
      expect(screen.get(".batch").text()).toContain("6 of 8");
      expect(screen.get(".batch").text()).toContain("2 need you");
    });

    it("starts units that were scanned while a batch runs, without waiting for its end", async () => {
      const { scan, press, of } = await line({ scene: "states-8" });
      await scan("7Q4ABC");
      await press("Start 1 more");
      expect(of("start")).toMatchObject([{ slots: ["1"], serials: { 1: "7Q4ABC" } }]);
    });

    it("stops only after Escape was held for a second", async () => {
      const { key, of } = await line({ scene: "running-8" });
      await key("Escape");
      await vi.advanceTimersByTimeAsync(900);
      window.dispatchEvent(new KeyboardEvent("keyup", { key: "Escape" }));
      await vi.advanceTimersByTimeAsync(1000);
      expect(of("abort")).toEqual([]);
      await key("Escape");
      await vi.advanceTimersByTimeAsync(1000);
      expect(of("abort")).toEqual([{ slot: "all" }]);
    });

    it("shows the shift's yield of the runs that were judged", async () => {
      const { screen } = await line();
      expect(screen.get(".shift").text()).toContain("97.4%");
      expect(screen.get(".shift").text()).toContain("810 runs since 06:00");
    });
  });

  describe("starting by plugging in", () => {
    it("is armed and disarmed by a switch that says which it is", async () => {
      const { screen, of, scan } = await line(FRESH);
      await scan("7Q4ABC");
      const arm = screen.get("[data-insert]");
      expect(arm.attributes()).toMatchObject({ role: "switch", "aria-checked": "false" });
      await arm.trigger("click");
      await flushPromises();
      expect(of("insertion.serials")).toEqual([{ serials: { 1: "7Q4ABC" } }]);
      expect(of("insertion.arm")).toEqual([{ armed: true }]);
      expect(arm.attributes("aria-checked")).toBe("true");
      expect(arm.text()).toContain("A board that is plugged in starts by itself");
      await scan("7Q4ABD");
      await flushPromises();
      expect(of("insertion.serials").at(-1)).toEqual({ serials: { 1: "7Q4ABC", 2: "7Q4ABD" } });
      await arm.trigger("click");
      await flushPromises();
      expect(arm.attributes("aria-checked")).toBe("false");
    });

    it("says why it could not be armed", async () => {
      const refuse = () => {
        throw new StationError("audit.full", "the disk is full", {});
      };
      const { screen } = await line({ ...FRESH, answers: { "insertion.arm": refuse } });
      await screen.get("[data-insert]").trigger("click");
      await flushPromises();
      expect(screen.get(".insert [role=alert]").text()).toContain("The station cannot write its record.");
      expect(screen.get("[data-insert]").attributes("aria-checked")).toBe("false");
    });

    it("is locked for somebody signed out, and says so", async () => {
      const { screen } = await line({ ...FRESH, as: "nobody" });
      expect(screen.get("[data-insert]").attributes("disabled")).toBeDefined();
      expect(screen.get("[data-insert]").text()).toContain("Sign in first");
    });

    it("is not offered where boards cannot be seen coming", async () => {
      const { screen } = await line({
        facts: ({ insertions: _none, ...snapshot }) => snapshot,
      });
      expect(screen.find("[data-insert]").exists()).toBe(false);
    });
  });

  it("asks who somebody is before it starts, and starts nothing", async () => {
    const { screen, of, pinia, key } = await line({ as: "nobody" });
    expect(screen.get(".go").text()).toContain("Sign in first");
    await screen.get(".go").trigger("click");
    await key("Enter", { ctrlKey: true });
    expect(of("start")).toEqual([]);
    expect(useSession(pinia).asking).toBe(true);
  });

  it("starts by Ctrl+Enter once, however long the keys are held", async () => {
    const { of, key } = await line();
    await key("Enter", { ctrlKey: true });
    await key("Enter", { ctrlKey: true, repeat: true });
    expect(of("start")).toHaveLength(1);
  });

  it("lays new boards into a training tray", async () => {
    const { press, of, prompt, button } = await line({
      scene: "finished-8",
      facts: ({ recipe: { boardSerial: _free, ...recipe }, ...snapshot }) => {
        return { ...snapshot, recipe, station: { ...snapshot.station, training: true } };
      },
    });
    expect(prompt()).toBe("Refill the tray, keep slot 6, then start");
    await press("New boards");
    expect(of("training.renew")).toHaveLength(1);
    expect(prompt()).toBe("New boards lie in the tray");
    expect(button("New boards")).toBeUndefined();
  });
});
