import { createPinia, setActivePinia } from "pinia";
import { createApp } from "vue";
import type { Channel, DesktopApi, RequestKind } from "../../../src/contract/desktop.ts";
import { providedClient, stationClient } from "../../../renderer/api/station-client.ts";

/** A main process that answers as told and notes what it was asked. */
export class FakeMain implements DesktopApi {
  readonly asked: { readonly kind: RequestKind; readonly asks: unknown }[] = [];
  readonly #listeners = new Set<(message: unknown) => void>();
  readonly #answer: (kind: RequestKind, asks: unknown) => unknown;

  constructor(answer: (kind: RequestKind, asks: unknown) => unknown) {
    this.#answer = answer;
  }

  async request(kind: RequestKind, asks: unknown): Promise<unknown> {
    this.asked.push({ kind, asks });
    return this.#answer(kind, asks);
  }

  subscribe(channel: Channel, listener: (message: unknown) => void): () => void {
    if (channel === "news") this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells the window numbered news. */
  tell(...items: readonly { readonly number: number; readonly news: unknown }[]): void {
    for (const listener of this.#listeners) listener(items);
  }
}

/** Makes stores of this test talk to a fake main process. */
export function useMain(main: FakeMain): void {
  const pinia = createPinia();
  createApp({ render: () => null })
    .provide(...providedClient(stationClient(main)))
    .use(pinia);
  setActivePinia(pinia);
}

/** Lets everything that was asked be answered. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
