// @vitest-environment happy-dom
import { flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { providedClient, stationClient } from "../../../../renderer/api/station-client.ts";
import { FakeStation } from "../../../../renderer/dev/fake-station.ts";
import { SCENES } from "../../../../renderer/dev/scenes.ts";
import { stationTexts } from "../../../../renderer/i18n.ts";
import ServiceScreen from "../../../../renderer/screens/service/service-screen.vue";
import { useStation } from "../../../../renderer/stores/station.ts";
import type { DesktopApi, RequestKind } from "../../../../src/contract/desktop.ts";

const KEY = "planted-owner-key-2342";

describe("the Service screen", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  async function shown(as?: "operator") {
    const scene = SCENES[0];
    if (scene === undefined) throw new Error("no scene");
    const fake = new FakeStation(scene, {}, as);
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
    const screen = mount(ServiceScreen, {
      attachTo: document.body,
      global: { plugins: [pinia, stationTexts()], provide: { [key as symbol]: client } },
    });
    useStation(pinia).follow();
    await flushPromises();
    const press = async (selector: string): Promise<void> => {
      await screen.get(selector).trigger("click");
      await flushPromises();
    };
    const field = (name: string) => screen.get(`[data-field="${name}"]`);
    const of = (kind: RequestKind) => asked.filter((ask) => ask.kind === kind).map(({ asks }) => asks);
    const steps = (side: string) =>
      screen.findAll(`[data-side=${side}] [data-step]`).map((step) => step.attributes("data-step"));
    return { screen, press, field, of, steps };
  }

  it("opens with the profile on the line; what is built in can be duplicated, then changed and saved", async () => {
    const { screen, press, field, of } = await shown();
    expect(screen.get("[data-profile=embedded]").attributes("aria-current")).toBe("true");
    await press("[data-profile=nrf-cloud]");
    expect(field("host").attributes("readonly")).toBeDefined();
    await press("[data-duplicate]");
    expect(screen.get("[data-profile=nrf-cloud-copy]").attributes("aria-current")).toBe("true");
    await field("host").setValue("device.example");
    await press("[data-save]");
    expect(of("service.write")).toMatchObject([
      { profile: "nrf-cloud-copy", fields: { https: { host: "device.example" } } },
    ]);
  });

  it("says what is wrong at its field, and saves nothing meanwhile", async () => {
    const { screen, press, field } = await shown();
    await press("[data-profile=nrf-cloud]");
    await press("[data-duplicate]");
    await field("port").setValue("99999");
    expect(screen.get("#service-port-wrong").text()).toBe("Enter a port from 1 to 65535.");
    expect(field("port").attributes("aria-describedby")).toBe("service-port-wrong");
    expect(screen.get("[data-save]").attributes("disabled")).toBeDefined();
    expect(screen.get("[data-run-test]").attributes("disabled")).toBeDefined();
  });

  it("takes a picked CA file into the form", async () => {
    const { screen, press, field } = await shown();
    await press("[data-profile=nrf-cloud]");
    await press("[data-duplicate]");
    const button = screen.findAll("button").find((one) => one.text() === "Choose file");
    await button?.trigger("click");
    await flushPromises();
    expect((field("ca").element as HTMLInputElement).value).toBe("own/root.pem");
  });

  it("shows the steps live, then where it failed, why and what to do", async () => {
    const { screen, press, steps } = await shown();
    await press("[data-profile=nrf-cloud]");
    await press("[data-run-test]");
    expect(steps("device")).toEqual(["name running", "connect waiting", "tls waiting", "answer waiting"]);
    expect(screen.find("[data-cancel-test]").exists()).toBe(true);
    await vi.advanceTimersByTimeAsync(10_000);
    await flushPromises();
    expect(steps("device")).toEqual(["name passed", "connect passed", "tls passed", "answer passed"]);
    expect(steps("owner")).toEqual([
      ...["name passed", "connect passed", "tls failed", "answer not-reached", "key not-reached"],
    ]);
    expect(screen.get("[data-verdict]").text()).toBe("Owner side failed at: Certificate");
    expect(screen.get("[data-side=owner]").text()).toContain("check the CA file of the profile");
    expect(screen.get("[data-side=owner]").text()).toContain("transport.tls-untrusted");
  });

  it("gives a key on and keeps nothing of it", async () => {
    const { screen, press, of } = await shown();
    await press("[data-profile=nrf-cloud]");
    await press("[data-enter-key]");
    await screen.get("[data-key-field]").setValue(KEY);
    await screen.get("input[value=session]").setValue(true);
    await screen.get(".key form").trigger("submit");
    await flushPromises();
    expect(of("service.enter-key")).toEqual([{ profile: "nrf-cloud", key: KEY, keep: "session" }]);
    expect(screen.get("[data-key]").attributes("data-key")).toBe("session");
    expect(screen.find("[data-key-field]").exists()).toBe(false);
    expect(document.documentElement.outerHTML).not.toContain(KEY);
    await press("[data-forget-key]");
    expect(screen.get("[data-key]").text()).toBe("No key");
  });

  it("switches the embedded service off by choosing another profile, and on again", async () => {
    const { screen, press, of } = await shown();
    const part = (kind: string) => screen.get(`[data-training^="${kind}"]`);
    expect(part("profile").attributes("data-training")).toBe("profile on");
    await press(`[data-training="profile on"] button`);
    const other = part("profile")
      .findAll(".choice")
      .find((one) => one.text() === "nRF Cloud");
    await other?.trigger("click");
    await flushPromises();
    expect(of("library.select")).toEqual([{ kind: "profile", id: "nrf-cloud" }]);
    expect(part("profile").attributes("data-training")).toBe("profile off");
    await press(`[data-training="profile off"] button`);
    expect(part("profile").attributes("data-training")).toBe("profile on");
  });

  it("lets operators test, but change nothing, and says why", async () => {
    const { screen, press } = await shown("operator");
    await press("[data-profile=nrf-cloud]");
    expect(screen.text()).toContain("Changes need an engineer");
    for (const control of ["[data-duplicate]", "[data-use]", "[data-enter-key]"])
      expect(screen.get(control).attributes("disabled")).toBeDefined();
    expect(screen.get("[data-run-test]").attributes("disabled")).toBeUndefined();
  });
});
