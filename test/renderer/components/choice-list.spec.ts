// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick, type Component } from "vue";
import ChoiceList from "../../../renderer/components/choice-list.vue";
import StationChoice from "../../../renderer/components/station-choice.vue";
import { FAKE_STATIONS } from "../../../renderer/dev/fake-line.ts";
import ChoiceFilter from "../../../renderer/screens/report/choice-filter.vue";
import { useSharedLine } from "../../../renderer/stores/shared-line.ts";
import { shown } from "../mounted.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = "";
});

async function choice(component: Component, props: Readonly<Record<string, unknown>>) {
  const rest = await shown(component, { props });
  const { screen } = rest;
  const label = () => screen.get(".drop > button").text();
  const open = () => screen.get(".drop > button").trigger("click");
  const entries = () => screen.findAll(".choice").map((entry) => entry.text());
  const pressed = () => screen.findAll(".choice[aria-pressed=true]").map((entry) => entry.text());
  const asked = () => screen.emitted("update:modelValue")?.flat();
  return { ...rest, label, open, entries, pressed, asked };
}

describe("a list of choices", () => {
  const CHOICES = [
    { value: "a", word: "Anna" },
    { value: "b", word: "Bob" },
  ];
  const list = (modelValue: string) =>
    choice(ChoiceList, { modelValue, all: "Everybody", choices: CHOICES, label: "Who" });

  it("offers all first, then each by its word, and marks what is chosen", async () => {
    const { label, open, entries, pressed } = await list("b");
    expect(label()).toBe("Who");
    expect(entries()).toEqual([]);
    await open();
    expect(entries()).toEqual(["Everybody", "Anna", "Bob"]);
    expect(pressed()).toEqual(["Bob"]);
    expect(document.activeElement?.textContent.trim()).toBe("Bob");
  });

  it("chooses by a press, and closes with the focus back on its button", async () => {
    const { open, press, asked, entries, screen } = await list("");
    expect(screen.find(".button.active").exists()).toBe(false);
    await open();
    await press("Anna");
    expect(asked()).toEqual(["a"]);
    expect(entries()).toEqual([]);
    expect(document.activeElement).toBe(screen.get(".drop > button").element);
  });

  it("chooses all again by the first entry, and stands out until then", async () => {
    const { open, press, asked, screen } = await list("a");
    expect(screen.find(".button.active").exists()).toBe(true);
    await open();
    await press("Everybody");
    expect(asked()).toEqual([""]);
  });
});

describe("a filter of the report", () => {
  const filter = (modelValue: string) =>
    choice(ChoiceFilter, { modelValue, all: "All slots", choices: ["1", "2"], word: (slot: string) => `Slot ${slot}` });

  it("says on its button what is chosen", async () => {
    expect((await filter("")).label()).toBe("All slots");
    expect((await filter("2")).label()).toBe("Slot 2");
  });

  it("offers what is chosen where the record does not know it", async () => {
    const { open, entries, pressed } = await filter("9");
    await open();
    expect(entries()).toEqual(["All slots", "9", "1", "2"]);
    expect(pressed()).toEqual(["9"]);
  });
});

describe("the choice of a station", () => {
  const [first] = FAKE_STATIONS;

  async function stations(modelValue: string) {
    const rest = await choice(StationChoice, { modelValue });
    useSharedLine(rest.pinia).stations = FAKE_STATIONS;
    await nextTick();
    return rest;
  }

  it("calls stations by their names", async () => {
    const { label, open, entries, press, asked } = await stations("");
    expect(label()).toBe("All stations");
    await open();
    expect(entries()).toEqual(["All stations", ...FAKE_STATIONS.map(({ name }) => name)]);
    await press("bench-2");
    expect(asked()).toEqual([FAKE_STATIONS[1]!.id]);
    expect((await stations(first!.id)).label()).toBe(first!.name);
  });

  it("offers only stations that the line knows", async () => {
    const { label, open, entries, pressed } = await stations("00000000-0000-7000-8000-00000000abcd");
    expect(label()).toBe("00ABCD");
    await open();
    expect(entries()).toEqual(["All stations", ...FAKE_STATIONS.map(({ name }) => name)]);
    expect(pressed()).toEqual([]);
  });
});
