import {
  ConfigurationSchema,
  DEFAULT_CONFIGURATION,
  type Configuration,
} from "../../src/contract/desktop-configuration.ts";
import { StationError } from "../../src/core/error.ts";
import { KeptFile, readKept } from "../desk/kept-file.ts";

/** What the line works with, in a file of its own; one that is damaged or of another form counts as untouched. */
export class ConfigurationFile {
  readonly #file: KeptFile<Configuration>;

  constructor(path: string) {
    this.#file = new KeptFile(path, readKept(path, ConfigurationSchema, DEFAULT_CONFIGURATION), {
      refused: (file, cause) =>
        new StationError("desktop.configuration", "the choice cannot be written", { file }, { cause }),
    });
  }

  get kept(): Configuration {
    return this.#file.current;
  }

  /** @throws StationError desktop.configuration: the old one is kept then */
  async keep(configuration: Configuration): Promise<void> {
    await this.#file.change(() => configuration);
  }
}
