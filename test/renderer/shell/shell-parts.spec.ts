// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { defineComponent, h } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import ModalPanel from "../../../renderer/components/modal-panel.vue";
import { modalOpen } from "../../../renderer/keys/modal-open.ts";
import AppRail from "../../../renderer/shell/app-rail.vue";
import MutedErrorBar from "../../../renderer/shell/muted-error-bar.vue";
import OperatorField from "../../../renderer/shell/operator-field.vue";
import { useScreenKeys } from "../../../renderer/shell/screen-keys.ts";
import StationAnnouncer from "../../../renderer/shell/station-announcer.vue";
import TopBar from "../../../renderer/shell/top-bar.vue";
import { useSession } from "../../../renderer/stores/session.ts";
import { useSettings } from "../../../renderer/stores/settings.ts";
import { useTray } from "../../../renderer/stores/tray.ts";
import type { DesktopNews } from "../../../src/contract/desktop-news.ts";
import type { SlotState } from "../../../src/contract/slot-state.ts";
import { recordedRuns } from "../screens/recorded-runs.ts";
import { busy, ended } from "../screens/line/trays.ts";
import { shown } from "../mounted.ts";

const LOUD = { sound: { on: true, volume: 0.5 } };

describe("the shell", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  describe("its rail", () => {
    it("leads to each screen and marks the one that is shown", async () => {
      const { screen, router } = await shown(AppRail);
      const entries = () => screen.findAll("a.entry").map((entry) => entry.text());
      expect(entries()).toEqual([
        ...["Line", "Unit", "History", "Report", "Recipes", "Fixtures", "Service", "Settings"],
      ]);
      const here = () => screen.findAll("[aria-current=page]").map((entry) => entry.text());
      expect(here()).toEqual(["Line"]);
      await screen.findAll("a.entry")[2]?.trigger("click");
      await flushPromises();
      expect(router.currentRoute.value.name).toBe("history");
      expect(here()).toEqual(["History"]);
    });

    it("marks Unit for any unit", async () => {
      const { screen } = await shown(AppRail, { path: `/unit/${recordedRuns().passed.run.id}` });
      expect(screen.get("[aria-current=page]").text()).toBe("Unit");
    });

    it("names the key of each entry", async () => {
      const { screen } = await shown(AppRail);
      const keys = screen.findAll("[aria-keyshortcuts]").map((one) => one.attributes("aria-keyshortcuts"));
      expect(keys).toEqual(Array.from({ length: 8 }, (_, index) => `Alt+${index + 1}`));
    });

    it("turns colours and languages round by a press each, and says what is set", async () => {
      const { screen, of } = await shown(AppRail, { settings: { theme: "system", language: "es" } });
      const theme = screen.get("[data-appearance=theme]");
      expect(theme.attributes("aria-label")).toBe("Theme: System");
      await theme.trigger("click");
      await screen.get("[data-appearance=language]").trigger("click");
      await flushPromises();
      expect(of("settings.write")).toEqual([{ theme: "light" }, { language: "en" }]);
      expect(theme.attributes("aria-label")).toBe("Theme: Light");
    });
  });

  describe("the keys of the screens", () => {
    const Keys = defineComponent(() => {
      useScreenKeys(["line", "unit", "history"]);
      return () => h("div");
    });
    const press = (key: string, more: KeyboardEventInit = {}): void => {
      window.dispatchEvent(new KeyboardEvent("keydown", { key, altKey: true, cancelable: true, ...more }));
    };

    it("are Alt and a digit", async () => {
      const { router } = await shown(Keys);
      press("3");
      await flushPromises();
      expect(router.currentRoute.value.name).toBe("history");
      press("1", { ctrlKey: true });
      press("9");
      await flushPromises();
      expect(router.currentRoute.value.name).toBe("history");
    });

    it("rest while a panel lies over the window", async () => {
      const { router } = await shown(Keys);
      const dialog = document.createElement("dialog");
      document.body.append(dialog);
      dialog.showModal();
      press("3");
      await flushPromises();
      expect(router.currentRoute.value.name).toBe("line");
      dialog.close();
      press("3");
      await flushPromises();
      expect(router.currentRoute.value.name).toBe("history");
    });
  });

  describe("its top bar", () => {
    it("marks training with its word, and production with its own", async () => {
      const training = await shown(TopBar, { scene: "ready-8" });
      expect(training.screen.get(".mode").text()).toBe("TRAINING");
      const production = await shown(TopBar, { scene: "finished-8" });
      expect(production.screen.get(".mode").text()).toBe("Production");
    });

    it("says what the line works with, and locks the recipe while it runs", async () => {
      const idle = await shown(TopBar, { scene: "finished-8" });
      const words = idle.screen.text().replaceAll(/\s+/g, " ");
      for (const word of ["Meter LTE-M EU", "rev 14", "Tray FX-03", "2 × 4", "nRF Cloud", "HTTPS"])
        expect(words).toContain(word);
      const locks = (screen: typeof idle.screen) => screen.findAll(".icon").length;
      const running = await shown(TopBar, { scene: "states-8" });
      expect(locks(running.screen)).toBe(locks(idle.screen) + 1);
    });

    it("asks somebody signed out to sign in", async () => {
      const { screen, pinia } = await shown(TopBar, { as: "nobody" });
      const field = screen.get("button[aria-haspopup=dialog]");
      expect(field.text()).toContain("Sign in");
      await field.trigger("click");
      expect(useSession(pinia).asking).toBe(true);
    });

    it("shows the station's time", async () => {
      const at = new Date(2026, 2, 2, 7, 5).toISOString();
      const { screen } = await shown(TopBar, { facts: (snapshot) => ({ ...snapshot, at }) });
      expect(screen.text()).toContain("07:05");
      await vi.advanceTimersByTimeAsync(60_000);
      expect(screen.text()).toContain("07:06");
    });
  });

  describe("the operator's name at an open station", () => {
    async function name() {
      const rest = await shown(OperatorField);
      await rest.screen.get("button").trigger("click");
      const input = () => rest.screen.get<HTMLInputElement>("input");
      return { ...rest, input };
    }

    it("is kept by Enter, once", async () => {
      const { input, of, screen } = await name();
      expect(input().element.value).toBe("Operator 07");
      await input().setValue("  Ana  ");
      await input().trigger("keydown", { key: "Enter" });
      await flushPromises();
      expect(of("settings.write")).toEqual([{ operator: "Ana" }]);
      expect(screen.text()).toContain("Ana");
    });

    it("stays as it was by Escape", async () => {
      const { input, of, screen } = await name();
      await input().setValue("Ana");
      await input().trigger("keydown", { key: "Escape" });
      await flushPromises();
      expect(of("settings.write")).toEqual([]);
      expect(screen.text()).toContain("Operator 07");
    });

    it("is nobody's once it is emptied", async () => {
      const { input, of, screen } = await name();
      await input().setValue(" ");
      await input().trigger("blur");
      await flushPromises();
      expect(of("settings.write")).toEqual([{ operator: null }]);
      expect(screen.get(".missing").text()).toBe("Enter name");
    });
  });

  describe("its bar for errors that nobody hears", () => {
    it("names the slots while sounds are off, and is silent while they are on", async () => {
      const { screen, pinia } = await shown(MutedErrorBar, { scene: "finished-8" });
      expect(screen.get("[role=status]").text()).toContain("ERROR");
      expect(screen.text()).toContain("Slot 6");
      await useSettings(pinia).change(LOUD);
      await flushPromises();
      expect(screen.find("[role=status]").exists()).toBe(false);
      await useSettings(pinia).change({ sound: { on: true, volume: 0 } });
      await flushPromises();
      expect(screen.find("[role=status]").exists()).toBe(true);
    });

    it("goes once the unit is taken out for another", async () => {
      const { screen, pinia } = await shown(MutedErrorBar, {
        scene: "finished-8",
        facts: (snapshot) => {
          return { ...snapshot, slots: snapshot.slots.map((state) => (state.slot === "6" ? state : idleOf(state))) };
        },
      });
      const tray = useTray(pinia);
      for (const end of [1, 2, 3, 4, 5]) tray.scan(`7Q4AA${end}`);
      tray.prepared.set("6" as never, "7Q4AA6");
      await flushPromises();
      expect(screen.find("[role=status]").exists()).toBe(false);
    });

    it("shows that the station cannot record", async () => {
      const storeFailure = { code: "audit.full" as const, what: "it broke", facts: {}, advice: "Make room." };
      const { screen } = await shown(MutedErrorBar, { facts: (snapshot) => ({ ...snapshot, storeFailure }) });
      expect(screen.text()).toContain("Station");
    });
  });

  describe("what it tells screen readers", () => {
    const batch = recordedRuns().passed.run.batch as never;
    const event = recordedRuns().passed.events[0]!;
    const run = (state: SlotState): DesktopNews => ({ kind: "run", batch, event, state });

    it("gathers ends of runs that come at once in one sentence", async () => {
      const { screen, main } = await shown(StationAnnouncer);
      main.tell(run(busy(1)), run(busy(2)), run(ended(1, "PASS")), run(ended(2, "FAIL", "run.credential-missing")));
      expect(screen.get("[data-announced=calm]").text()).toBe("");
      await vi.advanceTimersByTimeAsync(400);
      expect(screen.get("[data-announced=calm]").text()).toBe("Slot 1, PASS. Slot 2, FAIL, Key not kept");
    });

    it("tells an ERROR at once", async () => {
      const { screen, main } = await shown(StationAnnouncer);
      main.tell(run(busy(3)), run(ended(3, "ERROR", "link.lost")));
      await flushPromises();
      expect(screen.get("[aria-live=assertive]").text()).toBe("Slot 3, ERROR, Link lost");
    });

    it("says nothing of results that were there before", async () => {
      const { screen } = await shown(StationAnnouncer, { scene: "finished-8" });
      await vi.advanceTimersByTimeAsync(1000);
      expect(screen.text()).toBe("");
    });
  });

  describe("a panel over the window", () => {
    const panel = () => shown(ModalPanel, { props: { title: "Remove it?" } });

    it("is a modal dialog with its title for a name, so that the keyboard stays in it", async () => {
      const modal = vi.spyOn(HTMLDialogElement.prototype, "showModal");
      const { screen } = await panel();
      expect(modal).toHaveBeenCalledOnce();
      modal.mockRestore();
      expect(modalOpen()).toBe(true);
      const title = screen.get(`#${screen.get("dialog").attributes("aria-labelledby")}`);
      expect(title.text()).toBe("Remove it?");
    });

    it("asks to be closed by Escape, its cross and a press beside it, not by one inside", async () => {
      const { screen, press } = await panel();
      const closes = (): number => screen.emitted("close")?.length ?? 0;
      const escape = new Event("cancel", { cancelable: true });
      screen.get("dialog").element.dispatchEvent(escape);
      // Whoever shows it takes it away: the browser must not close it by itself.
      expect([escape.defaultPrevented, closes()]).toEqual([true, 1]);
      await screen.get(".frame").trigger("click");
      expect(closes()).toBe(1);
      await screen.get("dialog").trigger("click");
      await press("Close");
      expect(closes()).toBe(3);
    });

    it("closes as it goes, which gives the keyboard back", async () => {
      const close = vi.spyOn(HTMLDialogElement.prototype, "close");
      const { screen } = await panel();
      screen.unmount();
      expect(close).toHaveBeenCalledOnce();
      close.mockRestore();
      expect(modalOpen()).toBe(false);
    });
  });
});

function idleOf({ slot }: SlotState): SlotState {
  return { kind: "idle", slot };
}
