import { asStationError, StationError } from "../core/error.ts";
import type { SettingsStore } from "./client-ports.ts";
import { ERRNO } from "./errno.ts";
import type { StoredSetting } from "./library-settings.ts";
import { checkSetting, STORE_LIMITS, type SettingLimits } from "./setting-refusal.ts";

/** A place that keeps one unit's settings: a database table, a file, a map. Names and values are wire text. */
export interface KeyValueStore {
  /** All settings, in any fixed order. */
  read(signal?: AbortSignal): Promise<readonly StoredSetting[]>;
  /** Keeps a setting; the value of an earlier one of that name is replaced. */
  write(key: string, value: string, signal?: AbortSignal): Promise<void>;
}

/** The settings of one unit in the station's own store (protocol.md 8): the `store` sink. */
export class StoredSettings implements SettingsStore {
  readonly #store: KeyValueStore;
  readonly #limits: SettingLimits;

  constructor(store: KeyValueStore, limits: SettingLimits = STORE_LIMITS) {
    this.#store = store;
    this.#limits = limits;
  }

  /** @throws StationError provisioning.settings-unavailable when the store cannot be read */
  async open(signal?: AbortSignal): Promise<void> {
    await this.#read(signal);
  }

  /** @throws StationError provisioning.settings-unavailable when the store cannot be read */
  async load(path: string, signal?: AbortSignal): Promise<readonly StoredSetting[]> {
    const stored = await this.#read(signal);
    return stored.filter(([key]) => key.startsWith(`${path}/`));
  }

  /**
   * @throws StationError provisioning.setting-refused when name or value are beyond the limits (errno EINVAL),
   * provisioning.setting-not-kept when the store fails (errno EIO)
   */
  async write(key: string, value: string, signal?: AbortSignal): Promise<void> {
    checkSetting(key, value, this.#limits);
    try {
      await this.#store.write(key, value, signal);
    } catch (error) {
      throwIfStopped(error);
      const facts = { key, errno: ERRNO.EIO };
      throw new StationError("provisioning.setting-not-kept", "the station's store failed", facts, { cause: error });
    }
  }

  async #read(signal: AbortSignal | undefined): Promise<readonly StoredSetting[]> {
    try {
      return await this.#store.read(signal);
    } catch (error) {
      throwIfStopped(error);
      const what = "the station's store of settings cannot be read";
      throw new StationError("provisioning.settings-unavailable", what, {}, { cause: error });
    }
  }
}

/** A deliberate stop is no failure of the store. */
function throwIfStopped(error: unknown): void {
  if (asStationError(error).code === "station.aborted") throw error;
}
