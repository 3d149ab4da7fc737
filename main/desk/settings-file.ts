import { readFileSync } from "node:fs";
import { writeDurably } from "../../src/audit/durable-file.ts";
import {
  DEFAULT_SETTINGS,
  DesktopSettingsSchema,
  type DesktopSettings,
  type SettingsChange,
} from "../../src/contract/desktop-settings.ts";
import { StationError } from "../../src/core/error.ts";

/** The window's settings in a file of their own; one that is damaged or of another form counts as untouched. */
export class SettingsFile {
  readonly #path: string;
  #settings: DesktopSettings;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
    this.#settings = readSettings(path);
  }

  get current(): DesktopSettings {
    return this.#settings;
  }

  /** Changes settings and keeps them on the disk. @throws StationError desktop.settings: nothing has changed then */
  change(change: SettingsChange & Partial<Pick<DesktopSettings, "shiftStarts">>): Promise<DesktopSettings> {
    const changed = this.#writing.then(async () => {
      const settings = { ...this.#settings, ...change };
      try {
        await writeDurably(this.#path, `${JSON.stringify(settings, undefined, 1)}\n`);
      } catch (cause) {
        throw new StationError("desktop.settings", "the settings cannot be written", { file: this.#path }, { cause });
      }
      this.#settings = settings;
      return settings;
    });
    this.#writing = changed.catch(() => undefined);
    return changed;
  }
}

function readSettings(path: string): DesktopSettings {
  try {
    const known = DesktopSettingsSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return known.success ? known.data : DEFAULT_SETTINGS;
  } catch {
    return DEFAULT_SETTINGS;
  }
}
