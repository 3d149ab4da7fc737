import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A station in a process of its own that can be killed. */
export class WriterChild {
  readonly process: ChildProcess;
  /** The newest line it printed. */
  last = "";
  readonly #lines: AsyncIterator<string>;

  constructor(file: string, mode: "append" | "hold") {
    const program = fileURLToPath(new URL("./writer-child.ts", import.meta.url));
    const child = spawn(process.execPath, [program, file, mode], { stdio: ["ignore", "pipe", "inherit"] });
    this.process = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Resolves when the child has printed so many more lines. */
  async lines(count: number): Promise<void> {
    for (let read = 0; read < count; read++) {
      const next = await this.#lines.next();
      if (next.done === true) return;
      this.last = next.value;
    }
  }

  /** Kills it as a power cut would, and reads what it had printed before. */
  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = once(this.process, "exit");
      this.process.kill("SIGKILL");
      await gone;
    }
    for (let next = await this.#lines.next(); next.done !== true; next = await this.#lines.next())
      this.last = next.value;
  }
}
