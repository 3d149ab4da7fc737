import type { BoardSettings } from "../contract/fixture.ts";
import type { RunEventBody } from "../contract/run-event.ts";
import type { AtPort } from "../modem/at-port.ts";
import type { ShellPort } from "../modem/shell-port.ts";
import { AtSettings } from "../provisioning/at-settings.ts";
import type { SettingsStore } from "../provisioning/client-ports.ts";
import type { SettingsSink } from "../provisioning/execution-seam.ts";
import { StoreAndBoardSettings } from "../provisioning/settings-targets.ts";
import { ShellSettings } from "../provisioning/shell-settings.ts";
import { StoredSettings, type KeyValueStore } from "../provisioning/stored-settings.ts";
import type { KeptSettings } from "./identify-phase.ts";

/** The full name under which the library keeps the id of the command executed last (protocol.md 8). */
export const CORRELATION_SETTING = "provisioning/after-correlation-id";

/** Where the settings of a unit go. */
export type UnitSettingsParts = {
  /** What the station has kept for the unit so far. */
  readonly kept: KeptSettings;
  /** Hands a setting to the station's own store. */
  readonly keep: (key: string, value: string) => void;
  readonly tell: (body: RunEventBody) => void;
};

/** The settings of one unit as the library reads and writes them: kept by the station, and told. */
export class UnitSettings implements KeyValueStore {
  readonly #parts: UnitSettingsParts;
  readonly #values: Map<string, string>;

  constructor(parts: UnitSettingsParts) {
    this.#parts = parts;
    this.#values = new Map(Object.entries(parts.kept));
  }

  read(): Promise<readonly (readonly [string, string])[]> {
    return Promise.resolve([...this.#values]);
  }

  write(key: string, value: string): Promise<void> {
    this.#values.set(key, value);
    this.#parts.keep(key, value);
    this.#parts.tell({ type: "setting.written", key, value, sink: "station" });
    return Promise.resolve();
  }

  /** Keeps the id of the command executed last for the unit's next run; an id that did not change is not kept again. */
  async rememberId(id: string): Promise<void> {
    if (id !== "" && this.#values.get(CORRELATION_SETTING) !== id) await this.write(CORRELATION_SETTING, id);
  }
}

/** The store of a unit's settings together with the board's own, where the fixture says how to reach it (protocol.md 8). */
export function settingsStoreOf(
  settings: UnitSettings,
  board: BoardSettings,
  ports: { readonly modem: AtPort; readonly shell: ShellPort },
  tell: (body: RunEventBody) => void,
): SettingsStore {
  const store = new StoredSettings(settings);
  const sink = boardSink(board, ports);
  return sink === undefined ? store : new StoreAndBoardSettings(store, toldSink(sink, board.sink, tell));
}

function boardSink(
  board: BoardSettings,
  { modem, shell }: { readonly modem: AtPort; readonly shell: ShellPort },
): SettingsSink | undefined {
  switch (board.sink) {
    case "none":
      return undefined;
    case "zephyr-shell":
      return new ShellSettings(shell);
    case "at":
      return new AtSettings(modem, board.template);
  }
}

function toldSink(sink: SettingsSink, name: string, tell: (body: RunEventBody) => void): SettingsSink {
  return {
    async write(key, value, signal) {
      await sink.write(key, value, signal);
      tell({ type: "setting.written", key, value, sink: name });
    },
  };
}
