// @vitest-environment happy-dom
import { flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { providedClient, stationClient } from "../../../../renderer/api/station-client.ts";
import { FakeStation } from "../../../../renderer/dev/fake-station.ts";
import { SCENES } from "../../../../renderer/dev/scenes.ts";
import { stationTexts } from "../../../../renderer/i18n.ts";
import RecipesScreen from "../../../../renderer/screens/recipes/recipes-screen.vue";
import { useStation } from "../../../../renderer/stores/station.ts";
import type { DesktopApi, RequestKind } from "../../../../src/contract/desktop.ts";

describe("the Recipes screen", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  async function shown() {
    const scene = SCENES[0];
    if (scene === undefined) throw new Error("no scene");
    const fake = new FakeStation(scene, {});
    const asked: { readonly kind: RequestKind; readonly asks: unknown }[] = [];
    const api: DesktopApi = {
      request: (kind, asks) => {
        asked.push({ kind, asks });
        return fake.request(kind, asks);
      },
      subscribe: (channel, listener) => fake.subscribe(channel, listener),
    };
    const pinia = createPinia();
    const [key, client] = providedClient(stationClient(api));
    const screen = mount(RecipesScreen, {
      attachTo: document.body,
      global: { plugins: [pinia, stationTexts()], provide: { [key as symbol]: client } },
    });
    useStation(pinia).follow();
    await flushPromises();
    const entry = (id: string) => screen.get(`[data-recipe="${id}"]`);
    const button = (name: string) =>
      screen.findAll("button").find((found) => found.text().includes(name)) ?? screen.get(`button[name="${name}"]`);
    const area = () => screen.get("textarea");
    const of = (kind: RequestKind) => asked.filter((ask) => ask.kind === kind).map(({ asks }) => asks);
    return { screen, entry, button, area, of };
  }

  async function typed(area: ReturnType<Awaited<ReturnType<typeof shown>>["area"]>, text: string): Promise<void> {
    await area.setValue(text);
    await vi.advanceTimersByTimeAsync(400);
    await flushPromises();
  }

  it("opens with the recipe that the line works with, and tells what it does", async () => {
    const { screen, entry } = await shown();
    expect(entry("meter-lte-m-eu-14").attributes("aria-current")).toBe("true");
    expect(entry("meter-lte-m-eu-14").text()).toContain("In use");
    expect(screen.text()).toContain("On the line");
    expect(screen.findAll("ol li").map((step) => step.get(".step span").text())).toEqual([
      ...["Make the key for the cloud", "Write a root certificate", "Write a root certificate"],
      ...["Write a pre-shared key", "Send a modem command", "Set values", "Report the unit as finished"],
    ]);
    expect(screen.text()).toContain("Board serial must be scanned and fit 7Q4[0-9A-F]{3}");
    expect(screen.text()).toContain("amazon-root-ca-1.pem");
  });

  it("checks while one types, shows the problem at its line and in the list, and saves what is sound", async () => {
    const { screen, entry, button, area, of } = await shown();
    await entry("meter-lte-m-eu-13").trigger("click");
    await flushPromises();
    const text = area().element.value;
    await typed(area(), text.replace("16842753", "!!1"));
    expect(of("library.check")).toHaveLength(1);
    expect(screen.findAll(".problem")).toHaveLength(1);
    expect(screen.get(".problem").text()).toContain("must be at most 2147483647");
    expect(screen.find(".band").exists()).toBe(true);
    expect(area().attributes("aria-invalid")).toBe("true");
    expect(button("Save").attributes("disabled")).toBeDefined();
    expect(entry("meter-lte-m-eu-13").text()).toContain("Not saved");

    await typed(area(), text.replace("16842753", "16842754"));
    await button("Save").trigger("click");
    await flushPromises();
    expect(of("library.save")).toMatchObject([{ id: "meter-lte-m-eu-13", replace: true }]);
    expect(area().element.value).toContain("16842754");
    expect(entry("meter-lte-m-eu-13").text()).not.toContain("Not saved");
  });

  it("asks for a check once typing rests, not for each letter", async () => {
    const { entry, area, of } = await shown();
    await entry("meter-lte-m-eu-13").trigger("click");
    await flushPromises();
    for (const text of ["a", "ab", "abc"]) {
      await area().setValue(text);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(of("library.check")).toEqual([]);
    await vi.advanceTimersByTimeAsync(400);
    expect(of("library.check")).toMatchObject([{ text: "abc" }]);
  });

  it("keeps what was typed while other recipes are looked at, until it is discarded", async () => {
    const { entry, button, area } = await shown();
    await entry("meter-lte-m-eu-13").trigger("click");
    await flushPromises();
    const before = area().element.value;
    await typed(area(), `${before}# more\n`);
    await entry("training").trigger("click");
    await flushPromises();
    expect(area().attributes("readonly")).toBeDefined();
    await entry("meter-lte-m-eu-13").trigger("click");
    await flushPromises();
    expect(area().element.value).toBe(`${before}# more\n`);
    await button("Discard").trigger("click");
    expect(area().element.value).toBe(before);
  });

  it("makes a new revision under a proposed name, with what was typed", async () => {
    const { screen, button, area, of } = await shown();
    await typed(area(), area().element.value.replace("tags: [meter, eu]", "tags: [meter]"));
    await button("New revision").trigger("click");
    expect(screen.get<HTMLInputElement>("dialog input").element.value).toBe("15");
    await screen.get("dialog form").trigger("submit");
    await flushPromises();
    expect(of("library.duplicate")).toEqual([
      { kind: "recipe", id: "meter-lte-m-eu-14", as: "meter-lte-m-eu-15", revision: "15" },
    ]);
    expect(area().element.value).toContain('revision: "15"');
    expect(area().element.value).toContain("tags: [meter]");
    expect(button("Save").attributes("disabled")).toBeUndefined();
  });

  it("gives the line another recipe, and says what hinders it", async () => {
    const { screen, entry, button, of } = await shown();
    await entry("asset-tracker").trigger("click");
    await flushPromises();
    expect(button("Use on the line").attributes("disabled")).toBeDefined();
    expect(screen.text()).toContain("once its problems are corrected");
    await entry("meter-lte-m-eu-13").trigger("click");
    await flushPromises();
    await button("Use on the line").trigger("click");
    await flushPromises();
    expect(of("library.select")).toEqual([{ kind: "recipe", id: "meter-lte-m-eu-13" }]);
    expect(entry("meter-lte-m-eu-13").text()).toContain("In use");
  });

  it("removes a recipe only after asking", async () => {
    const { screen, entry, button, of } = await shown();
    await entry("meter-lte-m-eu-13").trigger("click");
    await flushPromises();
    await button("Remove").trigger("click");
    expect(screen.get("dialog").text()).toContain("Remove Meter LTE-M EU 13?");
    expect(of("library.remove")).toEqual([]);
    await button("Remove for good").trigger("click");
    await flushPromises();
    expect(of("library.remove")).toEqual([{ kind: "recipe", id: "meter-lte-m-eu-13" }]);
    expect(screen.find('[data-recipe="meter-lte-m-eu-13"]').exists()).toBe(false);
  });
});
