import type { SettingsStore } from "./client-ports.ts";
import type { SettingsSink } from "./execution-seam.ts";
import type { StoredSetting } from "./library-settings.ts";

/**
 * The station's store and a board: every setting goes to the board first and, once the board took it, into the store, so
 * that the store never claims what the board refused. Settings are read from the store.
 */
export class StoreAndBoardSettings implements SettingsStore {
  readonly #store: SettingsStore;
  readonly #board: SettingsSink;

  constructor(store: SettingsStore, board: SettingsSink) {
    this.#store = store;
    this.#board = board;
  }

  open(signal?: AbortSignal): Promise<void> {
    return this.#store.open(signal);
  }

  load(path: string, signal?: AbortSignal): Promise<readonly StoredSetting[]> {
    return this.#store.load(path, signal);
  }

  async write(key: string, value: string, signal?: AbortSignal): Promise<void> {
    await this.#board.write(key, value, signal);
    await this.#store.write(key, value, signal);
  }
}
