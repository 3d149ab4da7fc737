import { readFileSync } from "node:fs";
import { writeDurably } from "../../src/audit/durable-file.ts";
import {
  ConfigurationSchema,
  DEFAULT_CONFIGURATION,
  type Configuration,
} from "../../src/contract/desktop-configuration.ts";
import { StationError } from "../../src/core/error.ts";

/** What the line works with, in a file of its own; one that is damaged or of another form counts as untouched. */
export class ConfigurationFile {
  readonly #path: string;
  #kept: Configuration;

  constructor(path: string) {
    this.#path = path;
    this.#kept = readConfiguration(path);
  }

  get kept(): Configuration {
    return this.#kept;
  }

  /** @throws StationError desktop.configuration: the old one is kept then */
  async keep(configuration: Configuration): Promise<void> {
    try {
      await writeDurably(this.#path, `${JSON.stringify(configuration, undefined, 1)}\n`);
    } catch (cause) {
      const facts = { file: this.#path };
      throw new StationError("desktop.configuration", "the choice cannot be written", facts, { cause });
    }
    this.#kept = configuration;
  }
}

function readConfiguration(path: string): Configuration {
  try {
    const known = ConfigurationSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return known.success ? known.data : DEFAULT_CONFIGURATION;
  } catch {
    return DEFAULT_CONFIGURATION;
  }
}
