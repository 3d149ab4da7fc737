import { readFileSync } from "node:fs";
import type { z } from "zod";
import { writeDurably } from "../../src/audit/durable-file.ts";
import type { StationError } from "../../src/core/error.ts";

export type KeptFileOptions = {
  /** The file's permissions. */
  readonly mode?: number;
  /** What is thrown when it cannot be written. */
  readonly refused: (file: string, cause: unknown) => StationError;
};

/** A value in a JSON file of its own: changed by one after the other, and on the disk whole before it counts. */
export class KeptFile<Value> {
  readonly #path: string;
  readonly #options: KeptFileOptions;
  #value: Value;
  #writing: Promise<unknown> = Promise.resolve();

  /** @param value what the file holds now */
  constructor(path: string, value: Value, options: KeptFileOptions) {
    this.#path = path;
    this.#value = value;
    this.#options = options;
  }

  get current(): Value {
    return this.#value;
  }

  /** Changes the value and keeps it. @throws StationError of `change` and `refused`: nothing has changed then */
  change(change: (value: Value) => Value): Promise<Value> {
    const changed = this.#writing.then(async () => {
      const value = change(this.#value);
      await this.#write(value);
      this.#value = value;
      return value;
    });
    this.#writing = changed.catch(() => undefined);
    return changed;
  }

  async #write(value: Value): Promise<void> {
    const { mode, refused } = this.#options;
    try {
      await writeDurably(this.#path, `${JSON.stringify(value, undefined, 1)}\n`, mode);
    } catch (cause) {
      throw refused(this.#path, cause);
    }
  }
}

/** What a JSON file holds; `otherwise` where there is none, and where it is damaged or of another form. */
export function readKept<Value>(path: string, schema: z.ZodType<Value>, otherwise: Value): Value {
  try {
    const known = schema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return known.success ? known.data : otherwise;
  } catch {
    return otherwise;
  }
}
