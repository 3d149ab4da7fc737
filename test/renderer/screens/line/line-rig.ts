import { flushPromises } from "@vue/test-utils";
import { vi } from "vitest";
import LineScreen from "../../../../renderer/screens/line/line-screen.vue";
import { shown, type MountOptions } from "../../mounted.ts";

/** A tray of eight without results, whose recipe wants serials. */
export const FRESH = {
  scene: "states-8",
  facts: (snapshot) => ({
    ...snapshot,
    batches: [],
    slots: snapshot.slots.map(({ slot: name }) => ({ kind: "idle", slot: name })),
  }),
} satisfies MountOptions;

/** What states-8 shows once its running slot is taken out. */
export const OVER = {
  scene: "states-8",
  facts: (snapshot) => ({ ...snapshot, batches: [], slots: snapshot.slots.filter(({ kind }) => kind !== "running") }),
} satisfies MountOptions;

/** The Line screen, with what a person and a scanner do there. */
export async function line(options: MountOptions = {}) {
  const rest = await shown(LineScreen, options);
  await vi.advanceTimersByTimeAsync(1);
  const { screen } = rest;
  const field = () => screen.get<HTMLInputElement>("[data-scan]");
  const prompt = () => field().attributes("placeholder");
  const scan = async (text: string): Promise<void> => {
    await field().setValue(text);
    await field().trigger("keydown", { key: "Enter" });
  };
  const tile = (name: number) => screen.get(`[data-slot="${name}"]`);
  const key = async (name: string, more: KeyboardEventInit = {}): Promise<void> => {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more }));
    await flushPromises();
  };
  const focused = () => document.activeElement?.getAttribute("data-slot") ?? document.activeElement?.tagName;
  return { ...rest, field, prompt, scan, tile, key, focused };
}
