import { flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { createApp, type Component } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";
import { providedClient, stationClient } from "../../renderer/api/station-client.ts";
import { FakeStation } from "../../renderer/dev/fake-station.ts";
import { SCENES } from "../../renderer/dev/scenes.ts";
import { stationTexts } from "../../renderer/i18n.ts";
import { useStation } from "../../renderer/stores/station.ts";
import type { DesktopNews } from "../../src/contract/desktop-news.ts";
import type { DesktopSettings } from "../../src/contract/desktop-settings.ts";
import type { DesktopSnapshot } from "../../src/contract/desktop-snapshot.ts";
import type { Channel, DesktopApi, RequestKind } from "../../src/contract/desktop.ts";
import { reportOf } from "../../src/core/error.ts";

const SCREEN_PATHS = {
  ...{ line: "/", unit: "/unit/:runId?", history: "/history", report: "/report" },
  ...{ recipes: "/recipes", fixtures: "/fixtures", service: "/service", settings: "/settings" },
};

/** How a component is shown: over which scene, to whom, and what the station answers otherwise than the fake one. */
export type MountOptions = {
  readonly scene?: string;
  readonly as?: "engineer" | "operator" | "nobody";
  readonly settings?: Partial<DesktopSettings>;
  readonly props?: Readonly<Record<string, unknown>>;
  /** Answers in the place of the fake station's; what they throw is told as the main process tells it. */
  readonly answers?: Partial<Record<RequestKind, (asks: never) => unknown>>;
  /** Changes the snapshot. */
  readonly facts?: (snapshot: DesktopSnapshot) => DesktopSnapshot;
  readonly path?: string;
};

/** A main process over the fake station that notes what it is asked and can tell news of its own. */
class WatchedMain implements DesktopApi {
  readonly asked: { readonly kind: RequestKind; readonly asks: unknown }[] = [];
  readonly #fake: FakeStation;
  readonly #options: MountOptions;
  readonly #listeners = new Set<{ readonly channel: Channel; readonly listener: (message: unknown) => void }>();
  #news = 0;

  constructor(fake: FakeStation, options: MountOptions) {
    this.#fake = fake;
    this.#options = options;
    fake.subscribe("news", (bundle) => this.tell(...(bundle as { news: DesktopNews }[]).map(({ news }) => news)));
    for (const channel of ["ports", "serviceTest"] as const)
      fake.subscribe(channel, (message) => this.pass(channel, message));
  }

  async request(kind: RequestKind, asks: unknown): Promise<unknown> {
    this.asked.push({ kind, asks });
    const own = this.#options.answers?.[kind];
    if (own !== undefined) {
      try {
        return { ok: true, answer: await own(asks as never) };
      } catch (error) {
        return { ok: false, error: reportOf(error) };
      }
    }
    const reply = await this.#fake.request(kind, asks);
    if (kind !== "snapshot") return reply;
    const { answer } = reply as { readonly answer: DesktopSnapshot };
    const snapshot = { ...answer, news: this.#news };
    return { ok: true, answer: this.#options.facts?.(snapshot) ?? snapshot };
  }

  subscribe(channel: Channel, listener: (message: unknown) => void): () => void {
    const entry = { channel, listener };
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Tells the window news in order. */
  tell(...news: readonly DesktopNews[]): void {
    const bundle = news.map((item) => ({ number: ++this.#news, news: item }));
    this.pass("news", bundle);
  }

  /** Tells the window a message of a channel. */
  pass(channel: Channel, message: unknown): void {
    for (const entry of this.#listeners) if (entry.channel === channel) entry.listener(message);
  }
}

/** A component in the page, over a fake station. Needs fake timers where the station plays. */
export async function shown(component: Component, options: MountOptions = {}) {
  const scene = SCENES.find(({ name }) => name === (options.scene ?? "ready-8"))!;
  const quiet = { sound: { on: false, volume: 0 } };
  const main = new WatchedMain(new FakeStation(scene, { ...quiet, ...options.settings }, options.as), options);
  const pinia = createPinia();
  const routes = Object.entries(SCREEN_PATHS).map(([name, path]) => ({
    name,
    path,
    component: { render: () => null },
  }));
  const router = createRouter({ history: createMemoryHistory(), routes });
  await router.push(options.path ?? "/");
  const [key, client] = providedClient(stationClient(main));
  const texts = stationTexts();
  // As in the window: nothing is shown before the station is known.
  createApp({ render: () => null })
    .provide(key, client)
    .use(pinia);
  useStation(pinia).follow();
  await flushPromises();
  const screen = mount(component, {
    attachTo: document.body,
    ...(options.props === undefined ? {} : { props: options.props }),
    global: { plugins: [pinia, texts, router], provide: { [key as symbol]: client } },
  });
  await flushPromises();
  const of = (kind: RequestKind) => main.asked.filter((ask) => ask.kind === kind).map(({ asks }) => asks);
  const button = (name: string) =>
    screen
      .findAll("button")
      .find((found) => found.text() === name || found.text().includes(name) || found.attributes("aria-label") === name);
  const press = async (name: string): Promise<void> => {
    const found = button(name);
    if (found === undefined) throw new Error(`no button ${name}`);
    await found.trigger("click");
    await flushPromises();
  };
  return { screen, main, pinia, router, texts, of, button, press };
}
