import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { ByteCollector } from "../fakes/byte-collector.ts";

/** Whether this computer can make pseudo-terminals for tests (socat; not on Windows). */
export const hasPseudoTerminals = process.platform !== "win32" && spawnSync("socat", ["-V"]).status === 0;

/** A pseudo-terminal that stands for a serial port; its far side is in the hands of the test. */
export class PseudoTerminal {
  readonly path: string;
  readonly collector = new ByteCollector();
  /** Called with what the station writes, as it comes. */
  onBytes: (bytes: Uint8Array) => void = () => undefined;
  readonly #socat: ChildProcessWithoutNullStreams;

  private constructor(socat: ChildProcessWithoutNullStreams, path: string) {
    this.#socat = socat;
    this.path = path;
    socat.stdout.on("data", (bytes: Buffer) => {
      this.collector.push(bytes);
      this.onBytes(bytes);
    });
    socat.stdin.on("error", () => undefined);
  }

  static make(): Promise<PseudoTerminal> {
    const socat = spawn("socat", ["-d", "-d", "pty,raw,echo=0", "-"]);
    return new Promise((resolve, reject) => {
      const seen = { text: "" };
      socat.once("error", reject);
      socat.stderr.on("data", (bytes: Buffer) => {
        seen.text += bytes.toString();
        const path = /PTY is (\S+)/.exec(seen.text)?.[1];
        if (path !== undefined) resolve(new PseudoTerminal(socat, path));
      });
    });
  }

  send(bytes: Uint8Array): void {
    this.#socat.stdin.write(bytes);
  }

  /** Takes no more bytes. */
  stall(): void {
    this.#socat.kill("SIGSTOP");
  }

  /** Is gone, as an adapter that is unplugged. */
  vanish(): void {
    this.#socat.kill("SIGKILL");
  }
}
