import type { SettingsStore } from "./client-ports.ts";
import type { StoredSetting } from "./library-settings.ts";

/** Settings that live as long as the object; for tools and tests, and as the model of what a store does. */
export class MemorySettings implements SettingsStore {
  readonly #values: Map<string, string>;

  /** @param initial what is stored at the start */
  constructor(initial: Iterable<StoredSetting> = []) {
    this.#values = new Map(initial);
  }

  async open(): Promise<void> {
    await Promise.resolve();
  }

  async load(path: string): Promise<readonly StoredSetting[]> {
    await Promise.resolve();
    return [...this.#values].filter(([key]) => key.startsWith(`${path}/`));
  }

  async write(key: string, value: string): Promise<void> {
    await Promise.resolve();
    this.#values.set(key, value);
  }

  /** All settings in the order of their first writing. */
  entries(): readonly StoredSetting[] {
    return [...this.#values];
  }
}
