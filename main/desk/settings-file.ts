import {
  DEFAULT_SETTINGS,
  DesktopSettingsSchema,
  type DesktopSettings,
  type SettingsChange,
} from "../../src/contract/desktop-settings.ts";
import { StationError } from "../../src/core/error.ts";
import { KeptFile, readKept } from "./kept-file.ts";

/** The window's settings in a file of their own; one that is damaged or of another form counts as untouched. */
export class SettingsFile {
  readonly #file: KeptFile<DesktopSettings>;

  constructor(path: string) {
    this.#file = new KeptFile(path, readKept(path, DesktopSettingsSchema, DEFAULT_SETTINGS), {
      refused: (file, cause) =>
        new StationError("desktop.settings", "the settings cannot be written", { file }, { cause }),
    });
  }

  get current(): DesktopSettings {
    return this.#file.current;
  }

  /** Changes settings and keeps them on the disk. @throws StationError desktop.settings: nothing has changed then */
  change(change: SettingsChange & Partial<Pick<DesktopSettings, "shiftStarts">>): Promise<DesktopSettings> {
    return this.#file.change((settings) => ({ ...settings, ...change }));
  }
}
