// @vitest-environment happy-dom
import { flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, describe, expect, it, vi } from "vitest";
import { providedClient, stationClient } from "../../../renderer/api/station-client.ts";
import { FakeStation } from "../../../renderer/dev/fake-station.ts";
import { SCENES } from "../../../renderer/dev/scenes.ts";
import { stationTexts } from "../../../renderer/i18n.ts";
import SignInPanel from "../../../renderer/shell/session/sign-in-panel.vue";
import { useSession } from "../../../renderer/stores/session.ts";
import { useStation } from "../../../renderer/stores/station.ts";

const scene = SCENES.find(({ name }) => name === "ready-8")!;

async function shown() {
  const fake = new FakeStation(scene, {}, "nobody");
  const client = stationClient(fake);
  const pinia = createPinia();
  const panel = mount(SignInPanel, {
    attachTo: document.body,
    global: { plugins: [pinia, stationTexts()], provide: { [providedClient(client)[0] as symbol]: client } },
  });
  useStation(pinia).follow();
  await flushPromises();
  const press = async (text: string): Promise<void> => {
    await panel
      .findAll("button")
      .find((button) => button.text().startsWith(text) || button.attributes("aria-label") === text)
      ?.trigger("click");
    await flushPromises();
  };
  return { panel, press, session: useSession(pinia) };
}

describe("the sign-in panel", () => {
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  it("shows everybody who may sign in, and signs a name without PIN in by one press", async () => {
    const { panel, press, session } = await shown();
    session.asking = true;
    expect(panel.findAll(".person").map((person) => person.find("b").text())).toEqual([
      ...["Ana Duarte", "Bo Lindqvist", "Chi Nguyen", "Dana Weiss", "Emil Sommer"],
    ]);
    await press("Ana Duarte");
    expect(session).toMatchObject({ operator: "Ana Duarte", asking: false });
  });

  it("takes a PIN from the pad, says when it is wrong, and empties the field", async () => {
    const { panel, press, session } = await shown();
    await press("Dana Weiss");
    for (const digit of "9999") await press(digit);
    expect(panel.get("input").element.value).toBe("9999");
    await panel.get("form").trigger("submit");
    await flushPromises();
    expect(panel.get("[role=alert]").text()).toBe("That is not the PIN of this name.");
    expect(panel.get("input").element.value).toBe("");
    for (const digit of "1234") await press(digit);
    await panel.get("form").trigger("submit");
    await flushPromises();
    expect(session.operator).toBe("Dana Weiss");
  });

  it("does not sign in before four digits are there, and takes the last one back", async () => {
    const { panel, press } = await shown();
    await press("Dana Weiss");
    for (const digit of "1239") await press(digit);
    await press("Erase the last digit");
    expect(panel.get("[type=submit]").attributes("disabled")).toBeDefined();
    await press("4");
    expect(panel.get("[type=submit]").attributes("disabled")).toBeUndefined();
  });
});
