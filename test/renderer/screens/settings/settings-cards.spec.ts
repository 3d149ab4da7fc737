// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import AppearanceCard from "../../../../renderer/screens/settings/appearance-card.vue";
import ShiftCard from "../../../../renderer/screens/settings/shift-card.vue";
import SoundCard from "../../../../renderer/screens/settings/sound-card.vue";
import { useSettings } from "../../../../renderer/stores/settings.ts";
import { useStation } from "../../../../renderer/stores/station.ts";
import { StationError } from "../../../../src/core/error.ts";
import { shown, type MountOptions } from "../../mounted.ts";

const refuse = () => {
  throw new StationError("audit.full", "the disk is full", {});
};

describe("the Settings screen", () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-03-02T11:00:00.000Z") }));
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  describe("language and colours", () => {
    const pressed = (screen: Awaited<ReturnType<typeof shown>>["screen"]) =>
      screen.findAll("[aria-pressed=true]").map((one) => one.text());

    it("are each one of a few, the chosen one marked", async () => {
      const { screen, press, of } = await shown(AppearanceCard);
      expect(pressed(screen)).toHaveLength(2);
      await press("Deutsch");
      await press("Dark");
      expect(of("settings.write")).toEqual([{ language: "de" }, { theme: "dark" }]);
      expect(pressed(screen)).toEqual(["Deutsch", "Dark"]);
    });

    it("name each language in its own words", async () => {
      const { screen } = await shown(AppearanceCard);
      const names = screen.findAll("[lang]").map((one) => `${one.attributes("lang")} ${one.text()}`);
      expect(names).toEqual(["en English", "de Deutsch", "zh-CN 简体中文", "vi Tiếng Việt", "es Español"]);
    });

    it("go back where the station refuses", async () => {
      const { pinia } = await shown(AppearanceCard, { answers: { "settings.write": refuse } });
      const settings = useSettings(pinia);
      const { language } = settings.settings;
      await expect(settings.change({ language: "es" })).rejects.toThrow("the disk is full");
      expect(settings.settings.language).toBe(language);
    });
  });

  describe("sound", () => {
    it("cannot be made louder or heard while it is off", async () => {
      const { screen } = await shown(SoundCard);
      expect(screen.get("input[type=range]").attributes("disabled")).toBeDefined();
      for (const tone of screen.findAll(".tones button")) expect(tone.attributes("disabled")).toBeDefined();
    });

    it("keeps its loudness when it is switched", async () => {
      const { press, of, screen } = await shown(SoundCard, { settings: { sound: { on: true, volume: 0.6 } } });
      expect(screen.get(".volume").text()).toBe("60 %");
      await press("Muted");
      expect(of("settings.write")).toEqual([{ sound: { on: false, volume: 0.6 } }]);
    });
  });

  describe("the shift", () => {
    async function shift(options: MountOptions = {}) {
      const rest = await shown(ShiftCard, options);
      const times = () => rest.screen.findAll(".times button").map((one) => one.text());
      const add = async (time: string): Promise<void> => {
        await rest.screen.get("input[type=time]").setValue(time);
        await rest.screen.get("form").trigger("submit");
        await flushPromises();
      };
      return { ...rest, times, add, field: () => rest.screen.get<HTMLInputElement>("input[type=time]") };
    }

    it("takes times of day one by one, each once", async () => {
      const { times, add, of, field, screen } = await shift();
      expect(screen.text()).toContain("No times are set");
      await add("06:00");
      await add("14:00");
      expect(times()).toEqual(["06:00", "14:00"]);
      expect(field().element.value).toBe("");
      await add("06:00");
      expect(of("shift.schedule")).toEqual([{ starts: ["06:00"] }, { starts: ["06:00", "14:00"] }]);
    });

    it("drops a time by a press on it, which says so", async () => {
      const { times, press } = await shift({ settings: { shiftStarts: ["06:00", "14:00"] } });
      await press("Remove 06:00");
      expect(times()).toEqual(["14:00"]);
    });

    it("takes no more than six", async () => {
      const starts = ["00:00", "04:00", "08:00", "12:00", "16:00", "20:00"];
      const { field, button } = await shift({ settings: { shiftStarts: starts } });
      expect(field().attributes("disabled")).toBeDefined();
      expect(button("Add time")?.attributes("disabled")).toBeDefined();
    });

    it("keeps what was typed where the station refuses, and says why", async () => {
      const { add, screen, field, times } = await shift({ answers: { "shift.schedule": refuse } });
      await add("06:00");
      expect(screen.find("[role=alert]").exists()).toBe(true);
      expect([field().element.value, times()]).toEqual(["06:00", []]);
    });

    it("begins anew by a press, and shows since when it counts", async () => {
      const since = new Date(2026, 2, 2, 10, 15).toISOString();
      const { press, screen, pinia } = await shift({
        answers: {
          "shift.restart": () => ({ since, counts: useStation(pinia).facts!.shift.counts }),
        },
      });
      await press("Start a new shift now");
      expect(screen.text()).toContain("This shift counts since 10:15.");
    });

    it("lets operators begin one, but set no times, and says why", async () => {
      const { screen, field, button, press, of } = await shift({
        as: "operator",
        settings: { shiftStarts: ["06:00"] },
      });
      expect(field().attributes("disabled")).toBeDefined();
      expect(button("Remove 06:00")?.attributes("disabled")).toBeDefined();
      expect(screen.get(".reason").text()).toContain("ngineer");
      expect(button("Start a new shift now")?.attributes("disabled")).toBeUndefined();
      await press("Remove 06:00");
      expect(of("shift.schedule")).toEqual([]);
    });

    it("is locked for somebody signed out", async () => {
      const { button } = await shift({ as: "nobody" });
      expect(button("Start a new shift now")?.attributes("disabled")).toBeDefined();
    });
  });
});
