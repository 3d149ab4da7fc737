import { createWriteStream, openSync, type WriteStream } from "node:fs";
import { StationError } from "../core/error.ts";

/** A JSON Lines file that is begun anew. A disk that fills up later costs lines, never a simulated command. */
export class LogFile {
  readonly #stream: WriteStream;

  /** @throws StationError simulator.storage when the file cannot be made */
  constructor(path: string) {
    this.#stream = createWriteStream(path, { fd: open(path) });
    this.#stream.on("error", () => undefined);
  }

  /** Appends a line; `text` ends with a line feed. */
  write(text: string): void {
    if (this.#stream.writable) this.#stream.write(text);
  }

  /** Writes out what is left and closes. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#stream.once("close", () => resolve());
      if (this.#stream.closed) resolve();
      else this.#stream.end();
    });
  }
}

function open(path: string): number {
  try {
    return openSync(path, "w", 0o600);
  } catch (cause) {
    throw new StationError("simulator.storage", "the log file cannot be made", { file: path }, { cause });
  }
}
