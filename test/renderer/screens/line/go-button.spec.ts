// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import GoButton from "../../../../renderer/screens/line/go-button.vue";
import { useStation } from "../../../../renderer/stores/station.ts";
import { useTray } from "../../../../renderer/stores/tray.ts";
import type { BatchId } from "../../../../src/core/ids.ts";
import { shown, type MountOptions } from "../../mounted.ts";
import { slot } from "./trays.ts";

describe("the button for Start and Stop", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  async function go(options: MountOptions = {}) {
    const rest = await shown(GoButton, { props: { holding: false }, ...options });
    const { screen, main, pinia } = rest;
    const told = (name: "start" | "hold" | "letGo"): number => screen.emitted(name)?.length ?? 0;
    const begin = async (): Promise<void> => {
      main.tell({
        ...{ kind: "batch.started", batch: "00000000-0000-7000-8000-000000000001" as BatchId },
        ...{ startedAt: new Date().toISOString(), slots: [slot(1)] },
      });
      await flushPromises();
    };
    const finish = async (): Promise<void> => {
      const batch = useStation(pinia).facts!.batches[0]!.batch;
      const summary = { batch, units: 1, pass: 1, fail: 0, error: 0, aborted: 0, seconds: 5 };
      main.tell({ kind: "batch.finished", summary });
      await flushPromises();
    };
    const letGo = (): boolean => window.dispatchEvent(new PointerEvent("pointerup", { button: 0 }));
    return { ...rest, told, begin, finish, letGo };
  }

  it("starts by one press, and says how many units", async () => {
    const { screen, told, letGo } = await go();
    expect(screen.text()).toBe("Start batch8 units");
    await screen.trigger("pointerdown", { button: 0 });
    letGo();
    await screen.trigger("click");
    expect(told("start")).toBe(1);
    expect(told("hold")).toBe(0);
  });

  it("wants to be held for Stop; a press alone does nothing", async () => {
    const { screen, told, letGo } = await go({ scene: "running-8" });
    expect(screen.text()).toBe("Stop batchHold for 1 second");
    await screen.trigger("pointerdown", { button: 0 });
    expect(told("hold")).toBe(1);
    letGo();
    await screen.trigger("click");
    expect(told("letGo")).toBe(1);
    expect(told("start")).toBe(0);
  });

  it("never stops by a press held over from Start", async () => {
    const { screen, told, begin, letGo } = await go();
    await screen.trigger("pointerdown", { button: 0 });
    await begin();
    expect(screen.text()).toContain("Stop batch");
    letGo();
    await screen.trigger("click");
    expect([told("hold"), told("start")]).toEqual([0, 0]);
  });

  it("never stops by a key that is held over from Start", async () => {
    const { screen, told, begin } = await go();
    await screen.trigger("keydown", { key: "Enter" });
    await screen.trigger("click");
    await begin();
    await screen.trigger("keydown", { key: "Enter", repeat: true });
    expect([told("start"), told("hold")]).toEqual([1, 0]);
  });

  it("never starts by a press that began on Stop, wherever the pointer was meanwhile", async () => {
    const { screen, told, finish, letGo } = await go({ scene: "running-8" });
    await screen.trigger("pointerdown", { button: 0 });
    await screen.trigger("pointerleave");
    expect(told("letGo")).toBe(1);
    await vi.advanceTimersByTimeAsync(20);
    await finish();
    expect(screen.text()).toContain("Start next batch");
    letGo();
    await screen.trigger("click");
    expect(told("start")).toBe(0);
    await vi.advanceTimersByTimeAsync(20);
    await screen.trigger("pointerdown", { button: 0 });
    letGo();
    await screen.trigger("click");
    expect(told("start")).toBe(1);
  });

  it("stops by a held key too, and lets go where the keyboard leaves", async () => {
    const { screen, told } = await go({ scene: "running-8" });
    await screen.trigger("keydown", { key: " " });
    await screen.trigger("keydown", { key: " ", repeat: true });
    expect(told("hold")).toBe(1);
    await screen.trigger("keyup", { key: " " });
    await screen.trigger("blur");
    expect(told("letGo")).toBe(2);
  });

  it("heeds no other key and no other button of the mouse", async () => {
    const { screen, told } = await go({ scene: "running-8" });
    await screen.trigger("keydown", { key: "a" });
    await screen.trigger("pointerdown", { button: 2 });
    expect(told("hold")).toBe(0);
  });

  it("waits for a scan where the recipe wants serials", async () => {
    const { screen, pinia } = await go({
      scene: "states-8",
      facts: (snapshot) => ({ ...snapshot, batches: [], slots: snapshot.slots.slice(0, 3) }),
    });
    expect(screen.attributes("disabled")).toBeDefined();
    expect(screen.text()).toContain("Scan a unit first");
    useTray(pinia).scan("7Q4ABC");
    await flushPromises();
    expect(screen.attributes("disabled")).toBeUndefined();
    expect(screen.text()).toContain("1 unit");
  });

  it("names the units that stay in and run again", async () => {
    const { screen } = await go({
      scene: "states-8",
      facts: (snapshot) => ({ ...snapshot, batches: [], slots: snapshot.slots.slice(6) }),
    });
    expect(screen.text()).toContain("Slot 7 stays in and runs again");
  });

  it("tells somebody signed out to sign in, and one whose station cannot record what Start tries", async () => {
    expect((await go({ as: "nobody" })).screen.text()).toContain("Sign in first");
    const storeFailure = { code: "audit.full" as const, what: "it broke", facts: {}, advice: "Make room." };
    const unrecorded = await go({ facts: (snapshot) => ({ ...snapshot, storeFailure }) });
    expect(unrecorded.screen.text()).toContain("If the record can be written again");
  });
});
